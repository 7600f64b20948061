//! What is sent to erase personal data.

use serde::{Deserialize, Serialize};

use crate::http::{Fields, Problem, bounded_text};
use crate::kernel::TicketCode;

/// Characters of an email address at most, as of a customer's.
const MAX_EMAIL: usize = 200;

/// The body of `POST /admin/privacy/erase`: one of the two.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct EraseBody {
    /// The ticket whose customer is erased.
    ticket_code: Option<String>,
    /// The address whose tickets' customers are erased; upper and lower case are the same.
    email: Option<String>,
}

/// Whose personal data is erased.
#[derive(Clone, Debug)]
pub(in crate::admin) enum Erasure {
    /// One ticket's.
    Ticket(TicketCode),
    /// Every ticket's of an address.
    Email(String),
}

impl EraseBody {
    pub(in crate::admin) fn parse(self) -> Result<Erasure, Problem> {
        let mut fields = Fields::new();
        let erasure = match (self.ticket_code, self.email) {
            (Some(code), None) => {
                fields.take("ticket_code", TicketCode::parse(&code)).map(Erasure::Ticket)
            }
            (None, Some(email)) => {
                fields.take("email", bounded_text(email, MAX_EMAIL)).map(Erasure::Email)
            }
            (Some(_), Some(_)) => {
                fields.note("email", "must be left out where ticket_code is given");
                None
            }
            (None, None) => {
                fields.note("ticket_code", "is required, or else email");
                None
            }
        };
        fields.finish(erasure)
    }
}

/// What was erased.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct ErasedBody {
    /// Of how many tickets personal data was blanked.
    pub(in crate::admin) tickets_erased: usize,
}
