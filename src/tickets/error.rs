//! Why a ticket is not changed or shown.

use thiserror::Error;

use super::model::TicketStatus;
use crate::access::AccessError;
use crate::db::DbError;
use crate::jobs::JobError;
use crate::kernel::TicketCode;
use crate::token::RingError;

/// See the module.
#[derive(Debug, Error)]
pub enum TicketError {
    /// No such ticket, or somebody else's.
    #[error("find this ticket")]
    NotFound,
    /// Its status lets it have no new code.
    #[error(
        "issue a QR code: the ticket is {0}, and only a PRE_GENERATED or ACTIVE one may have a new one"
    )]
    NotActive(TicketStatus),
    /// Its validity has ended.
    #[error("issue a QR code: the ticket's validity has ended")]
    ValidityEnded,
    /// It has no code, or one whose key was retired.
    #[error(
        "find a QR code of ticket {0}: none has been issued yet, POST to this address issues one"
    )]
    CodeNotIssued(TicketCode),
    /// The lease's trouble.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The audit log's trouble.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The key ring's trouble.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
