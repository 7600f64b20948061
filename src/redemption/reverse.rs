//! Undoes a redemption: once, within a time, and on the record.
//!
//! The success stays in the ledger, marked `reversed_at`; an event `reversal` with its own number is appended. The
//! use comes back, a USED ticket is ACTIVE again, and the same QR code may be scanned again.

use chrono::TimeDelta;

use super::error::RedemptionError;
use super::model::{EventResult, RedemptionEvent};
use super::store;
use crate::access::ReversePermit;
use crate::db::Tx;
use crate::kernel::{Timestamp, sortable_id};
use crate::tickets::{self, HeldTicket};

/// Which redemption to undo.
#[derive(Clone, Debug)]
pub struct ReverseCommand {
    /// Its id.
    pub redemption_id: String,
    /// Why, for the record.
    pub reason: String,
    /// How long after the redemption this is possible.
    pub window: TimeDelta,
}

/// A redemption that was undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// The event that undid it.
    pub event: RedemptionEvent,
    /// The ticket behind it.
    pub held: HeldTicket,
}

/// Undoes a redemption.
///
/// # Errors
/// There is none, it is no success, it was undone before, it is too long ago, or the database's.
pub fn reverse(
    tx: &mut Tx,
    permit: &ReversePermit,
    command: &ReverseCommand,
    now: Timestamp,
) -> Result<Reversal, RedemptionError> {
    let found = store::find(tx, &command.redemption_id)?.ok_or(RedemptionError::NotFound)?;
    let locked = tickets::number_ticket(tx, &found.ticket_code)?;
    // Read again under the lock: whoever held it before may have undone it.
    let success = store::find(tx, &command.redemption_id)?.ok_or(RedemptionError::NotFound)?;
    check(&success, command, now)?;
    let event = reversal_of(&success, permit, command, &locked, now);
    store::append(tx, std::slice::from_ref(&event), now)?;
    if !store::mark_reversed(tx, &success, now)? {
        return Err(RedemptionError::AlreadyReversed(now));
    }
    tickets::give_back_use(tx, &success.ticket_code, &success.function_code)?;
    let held = tickets::read_ticket(tx, &success.ticket_code)?.ok_or(RedemptionError::NotFound)?;
    Ok(Reversal { event, held })
}

fn check(
    success: &RedemptionEvent,
    command: &ReverseCommand,
    now: Timestamp,
) -> Result<(), RedemptionError> {
    if success.result != EventResult::Success {
        return Err(RedemptionError::NotReversible);
    }
    if let Some(at) = success.reversed_at {
        return Err(RedemptionError::AlreadyReversed(at));
    }
    if now.since(success.redeemed_at) > command.window {
        return Err(RedemptionError::TooLate(command.window));
    }
    Ok(())
}

fn reversal_of(
    success: &RedemptionEvent,
    permit: &ReversePermit,
    command: &ReverseCommand,
    locked: &HeldTicket,
    now: Timestamp,
) -> RedemptionEvent {
    let left = locked.entitlement(&success.function_code).map(|one| one.remaining_uses + 1);
    RedemptionEvent {
        redemption_id: sortable_id(),
        ticket_seq: locked.ticket.event_seq,
        result: EventResult::Reversal,
        reason: Some(command.reason.clone()),
        principal: permit.principal().to_owned(),
        operator: permit.operator().map(str::to_owned),
        scan_id: None,
        scanned_at: None,
        redeemed_at: now,
        remaining_uses_after: left,
        reverses: Some(success.redemption_id.clone()),
        ..success.clone()
    }
}
