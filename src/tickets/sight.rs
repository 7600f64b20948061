//! A ticket as it is seen by one statement, with the QR code that was shown.

use super::lock::{entitlement, ticket};
use super::model::{HeldTicket, IssuedCode};
use super::store::{EntitlementRow, SightRow};
use crate::kernel::{Jti, TicketCode, Timestamp};
use crate::token::{Claims, Sealing};

/// Puts the rows of a sight together: the ticket, and the code as it was recorded when it was issued.
#[must_use]
pub fn seen(rows: Vec<SightRow>, jti: Jti) -> Option<(HeldTicket, Option<IssuedCode>)> {
    let mut held: Option<(HeldTicket, Option<IssuedCode>)> = None;
    for row in rows {
        let code = recorded(&row, jti);
        let its_entitlement = entitlement(EntitlementRow {
            ticket_code: row.ticket.ticket_code.clone(),
            function_code: row.function_code,
            function_name: row.function_name,
            total_uses: row.total_uses,
            remaining_uses: row.remaining_uses,
        });
        if held.is_none() {
            let ticket = ticket(row.ticket)?;
            held = Some((HeldTicket { ticket, entitlements: Vec::new() }, code));
        }
        if let Some((held, _)) = &mut held {
            held.entitlements.extend(its_entitlement.map(|(_, entitlement)| entitlement));
        }
    }
    held
}

fn recorded(row: &SightRow, jti: Jti) -> Option<IssuedCode> {
    Some(IssuedCode {
        claims: Claims {
            jti,
            ticket_code: TicketCode::parse(&row.ticket.ticket_code).ok()?,
            expires_at: Timestamp::from_naive_utc(row.expires_at?),
        },
        sealing: Sealing { key_id: row.key_id.clone()?, iv: row.iv.clone()?.try_into().ok()? },
        issued_at: Timestamp::from_naive_utc(row.issued_at?),
        superseded_at: row.superseded_at.map(Timestamp::from_naive_utc),
    })
}
