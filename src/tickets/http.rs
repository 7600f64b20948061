//! Why a ticket is not changed or shown, as those who ask are told.

use super::error::TicketError;
use crate::http::Problem;

impl From<TicketError> for Problem {
    fn from(error: TicketError) -> Self {
        let text = format!("failed to {error}");
        match error {
            TicketError::NotFound => Self::not_found("TICKET_NOT_FOUND", text),
            TicketError::CodeNotIssued(_) => Self::not_found("QR_NOT_ISSUED", text),
            TicketError::NotActive(_) | TicketError::ValidityEnded => {
                Self::conflict("TICKET_NOT_ACTIVE", text)
            }
            TicketError::Ring(_) | TicketError::Job(_) => Self::internal(&error),
            TicketError::Access(error) => error.into(),
            TicketError::Database(error) => error.into(),
        }
    }
}
