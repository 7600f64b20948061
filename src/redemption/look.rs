//! Looks at the ticket behind a QR code: what it is, what is left on it, and what a scan would say. Changes nothing.

use super::decide::{Outcome, TicketState, decide};
use super::error::RedemptionError;
use super::lookout::Lookout;
use super::model::{Attempt, Reason, VenueFinding};
use super::store::Sight;
use crate::access::LookPermit;
use crate::kernel::Timestamp;
use crate::tickets::{Entitlement, HeldTicket, IssuedCode};
use crate::token::Claims;

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The ticket.
    pub held: HeldTicket,
    /// The QR code as it was recorded when it was issued.
    pub code: Option<IssuedCode>,
    /// For each entitlement in order: nothing, or why a scan would refuse it now.
    pub refusals: Vec<Option<Reason>>,
}

/// Looks at a ticket of the permit's viewer.
///
/// # Errors
/// There is no such ticket for this viewer, or the database's.
pub async fn look(
    lookout: &Lookout,
    permit: &LookPermit,
    claims: &Claims,
    venue: &VenueFinding,
    now: Timestamp,
) -> Result<Look, RedemptionError> {
    let seen = lookout.see(claims.ticket_code.clone(), claims.jti).await?;
    let Sight { held, redeemed, code } = seen
        .filter(|sight| permit.viewer().may_see(&sight.held.ticket.partner_code))
        .ok_or(RedemptionError::TicketNotFound)?;
    let redeemed = redeemed.into_iter().map(|function| (claims.jti, function)).collect();
    let state = TicketState { held, redeemed };
    let refusal = |entitlement: &Entitlement| {
        let attempt = Attempt {
            claims: claims.clone(),
            function_code: entitlement.function_code.clone(),
            venue: venue.clone(),
        };
        match decide(Some(&state), &attempt, now) {
            Outcome::Redeem { .. } => None,
            Outcome::Refuse(reason) => Some(reason),
        }
    };
    let refusals = state.held.entitlements.iter().map(refusal).collect();
    Ok(Look { held: state.held, code, refusals })
}
