//! Lists a partner's tickets.

use super::error::TicketError;
use super::lock::with_entitlements;
use super::model::{HeldTicket, TicketFilter};
use super::store::{self, TicketRow};
use crate::access::TicketListPermit;
use crate::db::{DbError, Tx};
use crate::http::Page;
use crate::kernel::{PartnerCode, TicketCode};

/// A page of the permit's partner's tickets by batch and code, and how many there are in all.
///
/// # Errors
/// The database's.
pub fn list_tickets(
    tx: &mut Tx,
    permit: &TicketListPermit,
    filter: &TicketFilter,
    page: Page,
) -> Result<(Vec<HeldTicket>, i64), TicketError> {
    let (rows, total) = store::list(tx, permit.partner(), filter, (page.offset(), page.limit))?;
    Ok((in_order(tx, rows)?, total))
}

/// All tickets of a finished batch, in the order of their codes.
///
/// # Errors
/// The database's.
pub fn tickets_of_batch(
    tx: &mut Tx,
    partner: &PartnerCode,
    batch_id: &str,
) -> Result<Vec<HeldTicket>, DbError> {
    let rows = store::all_of_batch(tx, partner, batch_id)?;
    in_order(tx, rows)
}

fn in_order(tx: &mut Tx, rows: Vec<TicketRow>) -> Result<Vec<HeldTicket>, DbError> {
    let order: Vec<String> = rows.iter().map(|row| row.ticket_code.clone()).collect();
    let mut tickets = with_entitlements(tx, rows)?;
    let codes = order.iter().filter_map(|code| TicketCode::parse(code).ok());
    Ok(codes.filter_map(|code| tickets.remove(&code)).collect())
}
