//! The first verdict again, for a scan that was sent again under its own id: rebuilt from the ticket's events.

use super::decide::TicketState;
use super::model::{
    EventResult, FirstRedemption, Reason, Redeemed, RedemptionEvent, Refused, Scan, Verdict,
};
use super::store;
use crate::db::{DbError, Tx};
use crate::tickets::HeldTicket;

/// What was answered when this event was written; or that the id belongs to another scan.
///
/// # Errors
/// The database's.
pub(super) fn replay(
    tx: &mut Tx,
    scan: &Scan,
    event: RedemptionEvent,
    state: Option<&TicketState>,
) -> Result<Verdict, DbError> {
    let is_same = event.function_code == scan.attempt.function_code
        && event.jti == scan.attempt.claims.jti
        && event.principal == scan.principal()
        && event.terminal_device_id.as_deref() == Some(scan.details.terminal_device_id.as_str());
    let Some(state) = state.filter(|_| is_same) else { return Ok(Verdict::ScanIdReused) };
    let history = store::up_to(tx, &event.ticket_code, event.ticket_seq)?;
    if event.result == EventResult::Success {
        let held = as_of(&state.held, &history);
        return Ok(Verdict::Redeemed(Box::new(Redeemed { event, held, is_replay: true })));
    }
    let reason = event.reason.as_deref().and_then(Reason::from_code).ok_or(DbError::NoAnswer)?;
    let first = (reason == Reason::AlreadyRedeemed).then(|| standing_before(&history, &event));
    Ok(Verdict::Refused(Refused {
        reason,
        ticket_code: Some(event.ticket_code.clone()),
        first_redemption: first.flatten().map(FirstRedemption::from),
        is_replay: true,
    }))
}

/// What was left on a ticket behind the last of these events.
fn as_of(held: &HeldTicket, history: &[RedemptionEvent]) -> HeldTicket {
    let mut held = held.clone();
    for entitlement in &mut held.entitlements {
        let of_function = history.iter().filter(|e| e.function_code == entitlement.function_code);
        let taken: i64 = of_function
            .map(|event| match event.result {
                EventResult::Success => 1,
                EventResult::Reject => 0,
                EventResult::Reversal => -1,
            })
            .sum();
        entitlement.remaining_uses = entitlement.total_uses - taken;
    }
    held
}

/// The success that an `ALREADY_REDEEMED` was about: the last one before it that was not undone before it.
fn standing_before<'h>(
    history: &'h [RedemptionEvent],
    refusal: &RedemptionEvent,
) -> Option<&'h RedemptionEvent> {
    let was_undone = |success: &RedemptionEvent| {
        history.iter().any(|event| event.reverses.as_deref() == Some(&success.redemption_id))
    };
    history.iter().rev().find(|event| {
        event.result == EventResult::Success
            && event.jti == refusal.jti
            && event.function_code == refusal.function_code
            && !was_undone(event)
    })
}
