//! What can be wrong with a request to the ledger. A refused scan is a verdict and not among it.

use chrono::TimeDelta;
use thiserror::Error;

use crate::db::DbError;
use crate::kernel::Timestamp;
use crate::tickets::TicketError;

/// See the module.
#[derive(Debug, Error)]
pub enum RedemptionError {
    /// The ticket of an opened token is not there, or is somebody else's.
    #[error("find the ticket of this QR code")]
    TicketNotFound,
    /// No such redemption.
    #[error("find this redemption")]
    NotFound,
    /// It was undone before.
    #[error("undo this redemption: it was undone at {0}")]
    AlreadyReversed(Timestamp),
    /// A refusal or an undoing cannot be undone.
    #[error("undo this event: only a successful redemption can be undone")]
    NotReversible,
    /// The time for it is over.
    #[error("undo this redemption: that is possible within {} hours after it", .0.num_hours())]
    TooLate(TimeDelta),
    /// The ticket's trouble.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
