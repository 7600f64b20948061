//! Looks a ticket up by its code: for its partner, or for a supervisor, whose look is put on record.

use super::error::QrError;
use crate::access::{AuditEntry, InfoPermit, Viewer, audit};
use crate::db::Tx;
use crate::kernel::{TicketCode, Timestamp};
use crate::tickets::{HeldTicket, TicketError, read_ticket};

/// Looks a ticket up.
///
/// # Errors
/// There is no such ticket for this viewer, or the database's.
pub(super) fn info(
    tx: &mut Tx,
    permit: &InfoPermit,
    code: &TicketCode,
    request_id: &str,
    now: Timestamp,
) -> Result<HeldTicket, QrError> {
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
    held.filter(|held| permit.viewer().may_see(&held.ticket.partner_code))
        .ok_or(QrError::Ticket(TicketError::NotFound))
}
