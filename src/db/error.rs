//! What can go wrong with a database, told apart by what the caller may do about it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use thiserror::Error;

/// A failed transaction. Unless it says otherwise, nothing of the transaction was kept.
#[derive(Debug, Error)]
pub enum DbError {
    /// The database cannot be reached, or went away before the commit.
    #[error("reach the database: {0}")]
    Unavailable(String),
    /// The connection broke in the commit: whether it was kept is not known.
    #[error("learn the outcome of a commit: {0}")]
    OutcomeUnknown(String),
    /// A statement, or its wait for a lock, took longer than it may.
    #[error("finish in time: {0}")]
    TimedOut(String),
    /// Too much is waiting already.
    #[error("queue the work: the queue is full")]
    Busy,
    /// The disk, or the space given to the database, is full.
    #[error("write to the database: its storage is full")]
    StorageFull,
    /// Two transactions stood in each other's way; the same work may succeed when it is run again.
    #[error("finish beside a concurrent transaction: {0}")]
    Contention(String),
    /// A unique index holds such a row already.
    #[error("insert a row: {0}")]
    Conflict(String),
    /// A statement failed, or a row held what the program does not understand.
    #[error("run a statement")]
    Query(#[source] DieselError),
    /// The work ended without an answer: it panicked, or the server is stopping.
    #[error("finish the work: its thread gave no answer")]
    NoAnswer,
}

impl DbError {
    /// Whether a later try may succeed without any change to the request.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unavailable(_)
            | Self::OutcomeUnknown(_)
            | Self::TimedOut(_)
            | Self::Busy
            | Self::StorageFull
            | Self::Contention(_) => true,
            Self::Conflict(_) | Self::Query(_) | Self::NoAnswer => false,
        }
    }

    /// What is told where a row is inserted that may be there already: this of the row, or the database's trouble.
    pub fn or_taken<E: From<Self>>(self, taken: impl FnOnce() -> E) -> E {
        if matches!(self, Self::Conflict(_)) { taken() } else { self.into() }
    }
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, details) = &error else {
            return Self::Query(error);
        };
        let text = details.message().to_owned();
        let says = |part: &str| text.contains(part);
        let is_unreachable = || {
            matches!(
                kind,
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand
            ) || connection_is_gone(&text)
        };
        let is_full =
            || says("disk is full") || says("No space left") || says("could not extend file");
        let is_contention =
            || matches!(kind, DatabaseErrorKind::SerializationFailure) || says("deadlock detected");
        let is_late = || {
            says("canceling statement due to statement timeout")
                || says("canceling statement due to lock timeout")
                || says("database is locked")
        };
        if matches!(kind, DatabaseErrorKind::UniqueViolation) {
            Self::Conflict(text)
        } else if is_contention() {
            Self::Contention(text)
        } else if is_late() {
            Self::TimedOut(text)
        } else if is_full() {
            Self::StorageFull
        } else if is_unreachable() {
            Self::Unavailable(text)
        } else {
            Self::Query(error)
        }
    }
}

/// diesel gives no SQLSTATE, so these are the texts of libpq and of class 57P, and SQLite's of a disk that fails.
fn connection_is_gone(text: &str) -> bool {
    [
        "server closed the connection",
        "terminating connection",
        "connection to server",
        "no connection to the server",
        "could not receive data from server",
        "could not send data to server",
        "the database system is",
        "SSL connection has been closed",
        "disk I/O error",
    ]
    .iter()
    .any(|part| text.contains(part))
}
