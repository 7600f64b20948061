//! Redeems a batch of scans in one transaction: lock and read, decide, write.
//!
//! Comes in: scans of distinct tickets. Goes out: a verdict for each. The unique index on (ticket, jti, function)
//! has the last word: a success that it refuses is told as `ALREADY_REDEEMED`, never as success.

use std::collections::HashMap;

use super::decide::{Outcome, TicketState, decide};
use super::model::{
    Attempt, EventResult, FirstRedemption, Reason, Redeemed, RedemptionEvent, Refused, Scan,
    Verdict,
};
use super::replay::replay;
use super::store::{self, CodeUse};
use crate::db::{DbError, Tx};
use crate::kernel::{TicketCode, Timestamp, sortable_id};
use crate::tickets::{self, HeldTicket, UseTaken};

/// What is to be done about a scan.
enum Plan {
    /// There is no such ticket: nothing is written.
    NoTicket(Reason),
    /// An earlier scan of the same id was this event: nothing is written.
    Earlier(Box<RedemptionEvent>),
    /// Write this event, with whether it takes the last use on the ticket.
    Write { event: Box<RedemptionEvent>, is_last: bool },
}

/// Redeems scans, no two of them on one ticket.
///
/// # Errors
/// The database's; refusals are verdicts.
pub fn redeem(tx: &mut Tx, scans: &[Scan], now: Timestamp) -> Result<Vec<Verdict>, DbError> {
    redeem_deciding(tx, scans, now, decide)
}

/// As [`redeem`], with another decision in the place of [`decide`]: for a test that the index holds without it.
///
/// # Errors
/// The database's.
pub fn redeem_deciding(
    tx: &mut Tx,
    scans: &[Scan],
    now: Timestamp,
    decide: impl Fn(Option<&TicketState>, &Attempt, Timestamp) -> Outcome,
) -> Result<Vec<Verdict>, DbError> {
    let mut states = lock(tx, scans)?;
    let again: Vec<&Scan> = scans.iter().filter(|scan| has_events(&states, scan)).collect();
    let mut standing = redeemed_before(tx, &again, &mut states)?;
    let earlier = earlier_scans(tx, &again)?;
    let mut plans: Vec<Plan> = scans
        .iter()
        .map(|scan| {
            let state = states.get(scan.ticket_code());
            match earlier.get(&(scan.ticket_code(), scan.details.scan_id.as_deref())) {
                Some(event) => Plan::Earlier(Box::new(event.clone())),
                None => plan(scan, state, decide(state, &scan.attempt, now), now),
            }
        })
        .collect();
    standing.extend(write(tx, &mut plans, &states, now)?);
    let spare: Vec<&TicketCode> =
        plans.iter().zip(scans).filter_map(|(plan, scan)| spare_number(plan, scan)).collect();
    tickets::give_back_numbers(tx, &spare)?;
    let told = |(plan, scan)| verdict(tx, plan, scan, (&mut states, &standing));
    plans.into_iter().zip(scans).map(told).collect()
}

/// Tickets by code.
type States = HashMap<TicketCode, TicketState>;

/// Locks the tickets, and reads what is left on them.
fn lock(tx: &mut Tx, scans: &[Scan]) -> Result<States, DbError> {
    let codes: Vec<&TicketCode> = scans.iter().map(Scan::ticket_code).collect();
    let held = tickets::lock_tickets(tx, &codes)?;
    let with_nothing = |(code, held)| (code, TicketState { held, redeemed: Vec::new() });
    Ok(held.into_iter().map(with_nothing).collect())
}

/// Whether there is anything on the scan's ticket in the ledger: where this scan's event would be the first, nobody has to
/// look.
fn has_events(states: &States, scan: &Scan) -> bool {
    states.get(scan.ticket_code()).is_some_and(|state| state.held.ticket.event_seq > 1)
}

/// What was redeemed with these codes before; also noted in the tickets' states.
fn redeemed_before(
    tx: &mut Tx,
    scans: &[&Scan],
    states: &mut States,
) -> Result<Vec<RedemptionEvent>, DbError> {
    if scans.is_empty() {
        return Ok(Vec::new());
    }
    let uses: Vec<CodeUse<'_>> = scans.iter().copied().map(code_use).collect();
    let standing = store::standing_successes(tx, &uses)?;
    for event in &standing {
        if let Some(state) = states.get_mut(&event.ticket_code) {
            state.redeemed.push((event.jti, event.function_code.clone()));
        }
    }
    Ok(standing)
}

fn code_use(scan: &Scan) -> CodeUse<'_> {
    (scan.ticket_code(), scan.attempt.claims.jti, &scan.attempt.function_code)
}

type ScanKey<'s> = (&'s TicketCode, Option<&'s str>);

/// Events that were written for scans of the same ids before.
fn earlier_scans<'s>(
    tx: &mut Tx,
    scans: &[&'s Scan],
) -> Result<HashMap<ScanKey<'s>, RedemptionEvent>, DbError> {
    let named: Vec<(&TicketCode, &str)> = scans
        .iter()
        .filter_map(|scan| Some((scan.ticket_code(), scan.details.scan_id.as_deref()?)))
        .collect();
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let events = store::by_scan_ids(tx, &named)?;
    let of_scan = |(code, id): (&'s TicketCode, &'s str)| {
        let is_it = |event: &&RedemptionEvent| {
            event.ticket_code == *code && event.scan_id.as_deref() == Some(id)
        };
        Some(((code, Some(id)), events.iter().find(is_it)?.clone()))
    };
    Ok(named.into_iter().filter_map(of_scan).collect())
}

fn plan(scan: &Scan, state: Option<&TicketState>, outcome: Outcome, now: Timestamp) -> Plan {
    let Some(state) = state else { return Plan::NoTicket(Reason::TicketNotFound) };
    let left = state.held.entitlement(&scan.attempt.function_code).map(|one| one.remaining_uses);
    let (result, reason, remaining_uses_after, is_last) = match outcome {
        Outcome::Redeem { remaining_uses, is_last } => {
            (EventResult::Success, None, Some(remaining_uses), is_last)
        }
        Outcome::Refuse(reason) => {
            (EventResult::Reject, Some(reason.code().to_owned()), left, false)
        }
    };
    let event = RedemptionEvent {
        redemption_id: sortable_id(),
        ticket_code: scan.ticket_code().clone(),
        ticket_seq: state.held.ticket.event_seq,
        partner_id: state.held.ticket.partner_code.clone(),
        function_code: scan.attempt.function_code.clone(),
        jti: scan.attempt.claims.jti,
        result,
        reason,
        venue_code: scan.attempt.venue.code().map(ToString::to_string),
        terminal_device_id: Some(scan.details.terminal_device_id.clone()),
        principal: scan.principal().to_owned(),
        operator: scan.operator().map(str::to_owned),
        scan_id: scan.details.scan_id.clone(),
        offline: false,
        scanned_at: scan.details.scanned_at,
        redeemed_at: now,
        remaining_uses_after,
        reversed_at: None,
        reverses: None,
    };
    Plan::Write { event: Box::new(event), is_last }
}

/// Writes the events and takes the uses. A success that the unique index refuses becomes a refusal; gives the successes
/// that these would have repeated.
fn write(
    tx: &mut Tx,
    plans: &mut [Plan],
    states: &States,
    now: Timestamp,
) -> Result<Vec<RedemptionEvent>, DbError> {
    let events: Vec<RedemptionEvent> = planned(plans).map(|(event, _)| event.clone()).collect();
    let mut repeated = Vec::new();
    if events.is_empty() {
        return Ok(repeated);
    }
    let appended = store::append(tx, &events, now)?;
    if appended.len() < events.len() {
        let refused: Vec<RedemptionEvent> = planned(plans)
            .filter(|(event, _)| !appended.contains(&event.redemption_id))
            .map(|(event, is_last)| refuse_repetition(event, is_last, states))
            .collect();
        store::append(tx, &refused, now)?;
        let uses: Vec<CodeUse<'_>> = refused
            .iter()
            .map(|event| (&event.ticket_code, event.jti, &event.function_code))
            .collect();
        repeated = store::standing_successes(tx, &uses)?;
    }
    let uses: Vec<UseTaken<'_>> = planned(plans)
        .filter(|(event, _)| event.result == EventResult::Success)
        .map(|(event, was_last)| UseTaken {
            ticket_code: &event.ticket_code,
            function_code: &event.function_code,
            was_last: *was_last,
        })
        .collect();
    tickets::take_uses(tx, &uses)?;
    Ok(repeated)
}

fn planned(plans: &mut [Plan]) -> impl Iterator<Item = (&mut RedemptionEvent, &mut bool)> {
    plans.iter_mut().filter_map(|plan| match plan {
        Plan::Write { event, is_last } => Some((&mut **event, is_last)),
        Plan::NoTicket(_) | Plan::Earlier(_) => None,
    })
}

fn refuse_repetition(
    event: &mut RedemptionEvent,
    is_last: &mut bool,
    states: &States,
) -> RedemptionEvent {
    let held = states.get(&event.ticket_code).map(|state| &state.held);
    let left = held.and_then(|held| held.entitlement(&event.function_code));
    event.result = EventResult::Reject;
    event.reason = Some(Reason::AlreadyRedeemed.code().to_owned());
    event.remaining_uses_after = left.map(|entitlement| entitlement.remaining_uses);
    *is_last = false;
    event.clone()
}

/// The ticket whose number was taken for an event that is not written after all.
fn spare_number<'s>(plan: &Plan, scan: &'s Scan) -> Option<&'s TicketCode> {
    matches!(plan, Plan::Earlier(_)).then(|| scan.ticket_code())
}

fn verdict(
    tx: &mut Tx,
    plan: Plan,
    scan: &Scan,
    (states, standing): (&mut States, &[RedemptionEvent]),
) -> Result<Verdict, DbError> {
    let event = match plan {
        Plan::NoTicket(reason) => {
            return Ok(Verdict::Refused(Refused {
                reason,
                ticket_code: None,
                first_redemption: None,
                is_replay: false,
            }));
        }
        Plan::Earlier(event) => return replay(tx, scan, *event, states.get(scan.ticket_code())),
        Plan::Write { event, .. } => *event,
    };
    if let Some(reason) = event.reason.as_deref().and_then(Reason::from_code) {
        let is_repeated = |success: &&RedemptionEvent| {
            success.ticket_code == event.ticket_code
                && success.jti == event.jti
                && success.function_code == event.function_code
        };
        let first = (reason == Reason::AlreadyRedeemed).then(|| standing.iter().find(is_repeated));
        return Ok(Verdict::Refused(Refused {
            reason,
            first_redemption: first.flatten().map(FirstRedemption::from),
            ticket_code: Some(event.ticket_code),
            is_replay: false,
        }));
    }
    let state = states.remove(scan.ticket_code()).ok_or(DbError::NoAnswer)?;
    let held = behind(state.held, &event);
    Ok(Verdict::Redeemed(Box::new(Redeemed { event, held, is_replay: false })))
}

/// The ticket as it is behind a success.
fn behind(mut held: HeldTicket, event: &RedemptionEvent) -> HeldTicket {
    for entitlement in &mut held.entitlements {
        if entitlement.function_code == event.function_code {
            entitlement.remaining_uses = event.remaining_uses_after.unwrap_or(0);
        }
    }
    held
}
