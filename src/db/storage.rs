//! Whether the storage of the database was full when something was last written.
//!
//! Comes in: how writes end. Goes out: whether it was full, for readiness, which then tries how it is now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::connection::Target;
use super::dialect;
use super::error::DbError;
use super::session::Tx;

/// See the module; clones share what is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Storage(Arc<AtomicBool>);

impl Storage {
    /// Takes note of how a write ended.
    pub(super) fn note<T>(&self, outcome: &Result<T, DbError>) {
        match outcome {
            Ok(_) => self.0.store(false, Ordering::Relaxed),
            Err(DbError::StorageFull) => self.0.store(true, Ordering::Relaxed),
            // Of the storage these say nothing.
            Err(
                DbError::Unavailable(_)
                | DbError::OutcomeUnknown(_)
                | DbError::Busy
                | DbError::Contention(_)
                | DbError::Conflict(_)
                | DbError::Query(_)
                | DbError::NoAnswer,
            ) => {}
        }
    }

    /// Whether the last write found it full.
    pub(super) fn was_full(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Tries whether there is room again: more than a batch needs, so that what begins then does not fail at once.
///
/// # Errors
/// [`DbError::StorageFull`], or the database's.
pub(super) fn try_room(tx: &mut Tx, target: &Target) -> Result<(), DbError> {
    dialect::try_room(tx.connection(), target)
}
