//! The undoing of a redemption: as it is sent and as it is answered.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::MAX_REASON;
use crate::http::{Fields, Problem, bounded_text};
use crate::kernel::{FunctionCode, TicketCode, Timestamp};
use crate::redemption::{Reversal, ReverseCommand};
use crate::tickets::{Entitlement, TicketStatus};

/// The body of `POST /venue/redemptions/{id}/reverse`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct ReverseBody {
    /// Why, for the record.
    pub reason: String,
}

impl ReverseBody {
    pub(in crate::venue) fn parse(
        self,
        redemption_id: String,
        window: TimeDelta,
    ) -> Result<ReverseCommand, Problem> {
        let mut fields = Fields::new();
        let reason = fields.take("reason", bounded_text(self.reason, MAX_REASON));
        let command = reason.map(|reason| ReverseCommand { redemption_id, reason, window });
        fields.finish(command)
    }
}

/// A redemption that was undone.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReversalBody {
    /// The undoing's own id in the ledger.
    reversal_id: String,
    /// What was undone.
    redemption_id: Option<String>,
    /// The ticket.
    ticket_code: TicketCode,
    /// The function.
    function_code: FunctionCode,
    /// Where the ticket is in its life now.
    ticket_status: TicketStatus,
    /// Uses of this function left.
    remaining_uses: Option<i64>,
    /// What is left of all functions.
    entitlements: Vec<Entitlement>,
    /// Why.
    reason: Option<String>,
    /// When.
    reversed_at: Timestamp,
}

impl From<Reversal> for ReversalBody {
    fn from(reversal: Reversal) -> Self {
        let Reversal { event, held } = reversal;
        Self {
            reversal_id: event.redemption_id,
            redemption_id: event.reverses,
            ticket_code: event.ticket_code,
            function_code: event.function_code,
            ticket_status: held.ticket.status,
            remaining_uses: event.remaining_uses_after,
            entitlements: held.entitlements,
            reason: event.reason,
            reversed_at: event.redeemed_at,
        }
    }
}
