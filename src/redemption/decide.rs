//! The decision, pure: what a ticket's state says to an attempt. The order of the checks is the contract's.

use super::model::{Attempt, Reason, VenueFinding};
use crate::kernel::{FunctionCode, Jti, Timestamp};
use crate::tickets::{Entitlement, HeldTicket, Ticket, TicketStatus};

/// What is known of a ticket when an attempt is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketState {
    /// The ticket and what is left on it.
    pub held: HeldTicket,
    /// What was redeemed on it and not undone since; at least what was with the attempt's QR code.
    pub redeemed: Vec<(Jti, FunctionCode)>,
}

impl TicketState {
    /// Whether an attempt would repeat a success.
    #[must_use]
    pub fn was_redeemed(&self, attempt: &Attempt) -> bool {
        self.redeemed.iter().any(|(jti, function_code)| {
            *jti == attempt.claims.jti && *function_code == attempt.function_code
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
    if state.was_redeemed(attempt) {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::Venue;
    use crate::kernel::{FunctionCode, Jti, TicketCode, VenueCode};
    use crate::token::Claims;

    const FUNCTIONS: [&str; 3] = ["ferry", "gift", "tokens"];

    fn function(code: &str) -> FunctionCode {
        FunctionCode::parse(code).unwrap()
    }

    /// The functions whose bits are set.
    fn chosen(bits: u8) -> Vec<FunctionCode> {
        let is_chosen = |index: usize| bits & (1 << index) != 0;
        let codes = FUNCTIONS.iter().enumerate().filter(|(index, _)| is_chosen(*index));
        codes.map(|(_, code)| function(code)).collect()
    }

    fn attempt(at_venue: u8, terminal: Option<u8>, wanted: &str) -> Attempt {
        let venue = Venue {
            venue_id: 1,
            venue_code: VenueCode::parse("pier").unwrap(),
            venue_name: "Pier".to_owned(),
            venue_type: "pier".to_owned(),
            timezone: chrono_tz::UTC,
            is_active: true,
            supported_functions: chosen(at_venue),
        };
        Attempt {
            claims: Claims {
                jti: Jti::random(),
                expires_at: Timestamp::from_millis(0),
                ticket_code: TicketCode::parse("T-1").unwrap(),
            },
            function_code: function(wanted),
            venue: VenueFinding::Known { venue: Arc::new(venue), functions: terminal.map(chosen) },
        }
    }

    #[test]
    fn a_terminal_redeems_what_both_it_and_its_venue_may() {
        let terminals = std::iter::once(None).chain((0..8).map(Some));
        let places =
            (0..8).flat_map(|venue| terminals.clone().map(move |terminal| (venue, terminal)));
        let attempts = places.flat_map(|place| (0..3).map(move |index| (place, index)));
        for ((at_venue, terminal), index) in attempts {
            let is_redeemed = at_venue & terminal.unwrap_or(7) & (1 << index) != 0;
            let found = check_venue(&attempt(at_venue, terminal, FUNCTIONS[index]));
            let expected = is_redeemed.then_some(()).ok_or(Reason::WrongVenueFunction);
            assert_eq!(found, expected, "{at_venue:03b} {terminal:?} {index}");
        }
    }
}
