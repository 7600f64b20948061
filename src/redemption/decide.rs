//! The decision, pure: what a ticket's state says to an attempt. The order of the checks is the contract's.

use super::model::{Attempt, Reason, RedemptionEvent, VenueFinding};
use crate::kernel::Timestamp;
use crate::tickets::{Entitlement, HeldTicket, Ticket, TicketStatus};

/// What is known of a ticket when an attempt is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketState {
    /// The ticket and what is left on it.
    pub held: HeldTicket,
    /// Its successes that were not undone; at least those of the attempt's QR code.
    pub standing: Vec<RedemptionEvent>,
}

impl TicketState {
    /// The success that an attempt would repeat.
    #[must_use]
    pub fn earlier_success(&self, attempt: &Attempt) -> Option<&RedemptionEvent> {
        self.standing.iter().find(|event| {
            event.jti == attempt.claims.jti && event.function_code == attempt.function_code
        })
    }
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Take one use.
    Redeem {
        /// Uses of the function left behind it.
        remaining_uses: i64,
        /// Whether nothing is left on the whole ticket.
        is_last: bool,
    },
    /// Take none.
    Refuse(Reason),
}

/// Decides an attempt on a ticket; no ticket is a reason too.
#[must_use]
pub fn decide(state: Option<&TicketState>, attempt: &Attempt, now: Timestamp) -> Outcome {
    match check(state, attempt, now) {
        Ok(outcome) => outcome,
        Err(reason) => Outcome::Refuse(reason),
    }
}

fn check(
    state: Option<&TicketState>,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Outcome, Reason> {
    let state = state.ok_or(Reason::TicketNotFound)?;
    check_venue(attempt)?;
    let entitlement =
        state.held.entitlement(&attempt.function_code).ok_or(Reason::WrongFunction)?;
    if state.earlier_success(attempt).is_some() {
        return Err(Reason::AlreadyRedeemed);
    }
    if state.held.ticket.current_jti != Some(attempt.claims.jti) {
        return Err(Reason::QrSuperseded);
    }
    if attempt.claims.expires_at <= now {
        return Err(Reason::QrExpired);
    }
    check_status(&state.held.ticket, now)?;
    take_one(&state.held.entitlements, entitlement)
}

fn check_venue(attempt: &Attempt) -> Result<(), Reason> {
    match &attempt.venue {
        VenueFinding::Unknown(_) => Err(Reason::VenueNotFound),
        VenueFinding::Known { venue, .. } if !venue.is_active => Err(Reason::VenueNotFound),
        VenueFinding::Known { venue, functions } => {
            let wanted = &attempt.function_code;
            let terminal_may = functions.as_ref().is_none_or(|may| may.contains(wanted));
            if venue.supports(wanted) && terminal_may {
                Ok(())
            } else {
                Err(Reason::WrongVenueFunction)
            }
        }
        VenueFinding::NotGiven => Ok(()),
    }
}

fn check_status(ticket: &Ticket, now: Timestamp) -> Result<(), Reason> {
    match ticket.status {
        TicketStatus::PreGenerated => return Err(Reason::TicketNotActivated),
        TicketStatus::Cancelled => return Err(Reason::TicketCancelled),
        TicketStatus::Expired => return Err(Reason::TicketExpired),
        TicketStatus::Active | TicketStatus::Used | TicketStatus::RefundLocked => {}
    }
    if ticket.valid_until.is_some_and(|until| until < now) {
        return Err(Reason::TicketExpired);
    }
    if ticket.valid_from.is_some_and(|from| now < from) {
        return Err(Reason::TicketNotYetValid);
    }
    if ticket.status == TicketStatus::RefundLocked {
        return Err(Reason::TicketRefundLocked);
    }
    Ok(())
}

fn take_one(all: &[Entitlement], wanted: &Entitlement) -> Result<Outcome, Reason> {
    if wanted.remaining_uses < 1 {
        return Err(Reason::NoRemaining);
    }
    let on_ticket: i64 = all.iter().map(|entitlement| entitlement.remaining_uses).sum();
    Ok(Outcome::Redeem { remaining_uses: wanted.remaining_uses - 1, is_last: on_ticket == 1 })
}
