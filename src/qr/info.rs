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
    request_id: &str,
    now: Timestamp,
) -> Result<Option<HeldTicket>, QrError> {
    if matches!(permit.viewer(), Viewer::Venue { .. }) {
        let entry = AuditEntry {
            principal: permit.principal(),
            action: "ticket.info",
            subject: code.as_str(),
            request_id,
        };
        audit(tx, entry, now)?;
    }
    let held = read_ticket(tx, code)?;
    Ok(held.filter(|held| permit.viewer().may_see(&held.ticket.partner_code)))
}
