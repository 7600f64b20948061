//! Looks a ticket up by its code: for its partner, or for a supervisor, whose look is put on record.

use super::error::QrError;
use crate::access::{AuditEntry, InfoPermit, Viewer, audit};
use crate::db::Tx;
use crate::kernel::{TicketCode, Timestamp};
use crate::tickets::{HeldTicket, read_ticket};

/// Looks a ticket up; finds none where there is none for this viewer, and a supervisor's look is on record all the same.
///
/// # Errors
/// The database's.
pub(super) fn info(
    tx: &mut Tx,
    permit: &InfoPermit,
    code: &TicketCode,
    now: Timestamp,
) -> Result<Option<HeldTicket>, QrError> {
    if *permit.viewer() == Viewer::Venue {
        audit(tx, permit.actor(), &AuditEntry::plain("ticket.info", code.as_str()), now)?;
    }
    let held = read_ticket(tx, code)?;
    Ok(held.filter(|held| permit.viewer().may_see(&held.ticket.partner_code)))
}
