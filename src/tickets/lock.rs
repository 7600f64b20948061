//! Locks and reads tickets, and takes and gives back what is on them.

use std::collections::HashMap;

use super::error::TicketError;
use super::model::{Customer, Entitlement, HeldTicket, Ticket, TicketStatus};
use super::store::{self, EntitlementRow, TicketRow};
use crate::db::{DbError, Tx};
use crate::kernel::{FunctionCode, PartnerCode, TicketCode, Timestamp};

/// Locks these tickets until the transaction ends and gives each the number of its next event.
///
/// One statement locks, reads and numbers; what else is read afterwards sees what others committed while this one
/// waited. A code that no ticket has is missing in the result.
///
/// # Errors
/// The database's.
pub fn lock_tickets(
    tx: &mut Tx,
    codes: &[&TicketCode],
) -> Result<HashMap<TicketCode, HeldTicket>, DbError> {
    let tickets = store::lock_and_number(tx, codes)?;
    with_entitlements(tx, tickets)
}

/// Locks one ticket and gives it the number of its next event.
///
/// # Errors
/// No such ticket, or the database's.
pub fn number_ticket(tx: &mut Tx, code: &TicketCode) -> Result<HeldTicket, TicketError> {
    lock_tickets(tx, &[code])?.remove(code).ok_or(TicketError::NotFound)
}

/// A ticket as it is now, without locking it; none while its batch is being made.
///
/// # Errors
/// The database's.
pub fn read_ticket(tx: &mut Tx, code: &TicketCode) -> Result<Option<HeldTicket>, DbError> {
    let found = store::find(tx, code)?;
    Ok(with_entitlements(tx, found.into_iter().collect())?.remove(code))
}

/// A use that is taken off a locked ticket.
#[derive(Clone, Copy, Debug)]
pub struct UseTaken<'t> {
    /// The ticket.
    pub ticket_code: &'t TicketCode,
    /// The function.
    pub function_code: &'t FunctionCode,
    /// Whether it was the last one on the ticket.
    pub was_last: bool,
}

/// Takes uses off locked tickets; a ticket on which nothing remains becomes USED.
///
/// # Errors
/// A use that is not there to take, or the database's.
pub fn take_uses(tx: &mut Tx, uses: &[UseTaken<'_>]) -> Result<(), DbError> {
    if uses.is_empty() {
        return Ok(());
    }
    let pairs: Vec<_> = uses
        .iter()
        .map(|taken| (taken.ticket_code.as_str(), taken.function_code.as_str()))
        .collect();
    if store::take_uses(tx, &pairs)? != uses.len() {
        return Err(DbError::Contention("an entitlement has gone".to_owned()));
    }
    let used_up: Vec<&TicketCode> =
        uses.iter().filter(|taken| taken.was_last).map(|taken| taken.ticket_code).collect();
    if !used_up.is_empty() {
        store::set_status(tx, &used_up, TicketStatus::Active.name(), TicketStatus::Used.name())?;
    }
    Ok(())
}

/// Gives one use back to a locked ticket; a USED one becomes ACTIVE again.
///
/// # Errors
/// The database's.
pub fn give_back_use(
    tx: &mut Tx,
    code: &TicketCode,
    function_code: &FunctionCode,
) -> Result<(), DbError> {
    store::give_back_use(tx, code, function_code.as_str())?;
    store::set_status(tx, &[code], TicketStatus::Used.name(), TicketStatus::Active.name())?;
    Ok(())
}

/// Gives back the numbers of locked tickets for which no event is written after all.
///
/// # Errors
/// The database's.
pub fn give_back_numbers(tx: &mut Tx, codes: &[&TicketCode]) -> Result<(), DbError> {
    if !codes.is_empty() {
        store::give_back_numbers(tx, codes)?;
    }
    Ok(())
}

pub(super) fn with_entitlements(
    tx: &mut Tx,
    tickets: Vec<TicketRow>,
) -> Result<HashMap<TicketCode, HeldTicket>, DbError> {
    let mut held: HashMap<TicketCode, HeldTicket> = tickets
        .into_iter()
        .filter_map(ticket)
        .map(|ticket| (ticket.ticket_code.clone(), HeldTicket { ticket, entitlements: Vec::new() }))
        .collect();
    if held.is_empty() {
        return Ok(held);
    }
    let codes: Vec<TicketCode> = held.keys().cloned().collect();
    let rows = store::entitlements(tx, &codes.iter().collect::<Vec<_>>())?;
    for (code, entitlement) in rows.into_iter().filter_map(entitlement) {
        if let Some(ticket) = held.get_mut(&code) {
            ticket.entitlements.push(entitlement);
        }
    }
    Ok(held)
}

/// A row that this program could not have written is left out and logged.
pub(super) fn ticket(row: TicketRow) -> Option<Ticket> {
    let code = TicketCode::parse(&row.ticket_code).ok();
    let parts = code.zip(PartnerCode::parse(&row.partner_code).ok()).zip(row.status.parse().ok());
    let Some(((ticket_code, partner_code), status)) = parts else {
        log::error!("failed to read the row of ticket {}", row.ticket_code);
        return None;
    };
    Some(Ticket {
        ticket_code,
        partner_code,
        batch_id: row.batch_id,
        product_id: row.product_id,
        status,
        customer: Customer {
            kind: row.customer_type,
            name: row.customer_name,
            email: row.customer_email,
            phone: row.customer_phone,
        },
        valid_from: row.valid_from.map(Timestamp::from_naive_utc),
        valid_until: row.valid_until.map(Timestamp::from_naive_utc),
        order_id: row.order_id,
        current_jti: row.current_jti.and_then(|jti| jti.parse().ok()),
        event_seq: row.event_seq,
        created_at: Timestamp::from_naive_utc(row.created_at),
    })
}

pub(super) fn entitlement(row: EntitlementRow) -> Option<(TicketCode, Entitlement)> {
    let code = TicketCode::parse(&row.ticket_code).ok()?;
    let entitlement = Entitlement {
        function_code: FunctionCode::parse(&row.function_code).ok()?,
        function_name: row.function_name,
        remaining_uses: row.remaining_uses,
        total_uses: row.total_uses,
    };
    Some((code, entitlement))
}
