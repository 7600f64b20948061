//! A ticket as it is seen by one statement, with the QR code that was shown.

use super::issue_code::issued_code;
use super::lock::{entitlement, ticket};
use super::model::{HeldTicket, IssuedCode};
use super::store::SightRow;

/// Puts the rows of one ticket together: the ticket, and the code as it was recorded when it was issued.
#[must_use]
pub fn seen(mut rows: Vec<SightRow>) -> Option<(HeldTicket, Option<IssuedCode>)> {
    let mut entitlements = Vec::with_capacity(rows.len());
    let mut first = None;
    rows.sort_unstable_by_key(|row| row.position);
    for SightRow { ticket, entitlement: row, code, .. } in rows {
        entitlements.extend(entitlement(row).map(|(_, entitlement)| entitlement));
        first.get_or_insert((ticket, code));
    }
    let (row, code) = first?;
    let ticket = ticket(row)?;
    let recorded = code.recorded().and_then(|code| issued_code(ticket.ticket_code.clone(), code));
    Some((HeldTicket { ticket, entitlements }, recorded))
}
