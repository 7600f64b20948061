//! What is sent to and answered by the venue routes.

use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, CatalogView, Venue};
use crate::db::Db;
use crate::http::{Fields, Page, Problem, bounded_text};
use crate::kernel::{Clock, FunctionCode, Jti, Stopwatch, TicketCode, Timestamp, VenueCode};
use crate::redemption::{
    EventResult, FirstRedemption, Gate, HistoryFilter, Reason, Redeemed, Refused, Reversal,
    ReverseCommand,
};
use crate::tickets::{Customer, Entitlement, TicketStatus};
use crate::token::{TokenError, Tokens};

/// What the venue routes need.
#[derive(Clone, Debug)]
pub struct VenueState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Products and venues.
    pub catalog: Arc<CatalogView>,
    /// Opening.
    pub tokens: Arc<Tokens>,
    /// Where scans are redeemed.
    pub gate: Arc<Gate>,
    /// How long after a redemption it can be undone.
    pub undo_window: TimeDelta,
}

/// Characters of a device's id and of other short texts at most.
const MAX_SHORT: usize = 100;
/// Characters of a `scan_id` at most.
const MAX_SCAN_ID: usize = 64;
/// Characters of a reason for undoing at most.
const MAX_REASON: usize = 200;

/// The body of `POST /venue/scan`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct ScanBody {
    /// The scanned text.
    pub qr_token: String,
    /// What to redeem.
    pub function_code: String,
    /// The device; with a terminal's key the paired one.
    pub terminal_device_id: String,
    /// Where; a terminal's own venue where a terminal's key is used.
    pub venue_code: Option<String>,
    /// Accepted and ignored.
    #[schema(value_type = Option<String>)]
    pub session_code: Option<serde_json::Value>,
    /// The terminal's own name for this scan, at most 64 characters: the same again gets the first answer again.
    pub scan_id: Option<String>,
    /// When, by the device's clock: RFC 3339.
    pub scanned_at: Option<String>,
}

/// A scan as it is understood, before its token is opened.
#[derive(Clone, Debug)]
pub(super) struct ParsedScan {
    pub(super) qr_token: String,
    pub(super) function_code: FunctionCode,
    pub(super) terminal_device_id: String,
    pub(super) venue_code: Option<VenueCode>,
    pub(super) scan_id: Option<String>,
    pub(super) scanned_at: Option<Timestamp>,
}

impl ScanBody {
    pub(super) fn parse(self) -> Result<ParsedScan, Problem> {
        let mut fields = Fields::new();
        let function_code = fields.take("function_code", FunctionCode::parse(&self.function_code));
        let device = bounded_text(self.terminal_device_id, MAX_SHORT);
        let device = fields.take("terminal_device_id", device);
        let venue_code =
            fields.optional("venue_code", self.venue_code, |text| VenueCode::parse(&text));
        let scan_id =
            fields.optional("scan_id", self.scan_id, |text| bounded_text(text, MAX_SCAN_ID));
        let scanned_at = fields.optional("scanned_at", self.scanned_at, |text| moment(&text));
        let scan =
            function_code.zip(device).map(|(function_code, terminal_device_id)| ParsedScan {
                qr_token: self.qr_token,
                function_code,
                terminal_device_id,
                venue_code,
                scan_id,
                scanned_at,
            });
        fields.finish(scan)
    }
}

fn moment(text: &str) -> Result<Timestamp, &'static str> {
    Timestamp::parse(text).ok_or("must be a time such as 2026-11-21T08:00:00Z")
}

/// How the answer came about.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PerformanceMetrics {
    /// Milliseconds on the server.
    response_time_ms: f64,
    /// False where the code is forged, was used before, or has been superseded.
    fraud_checks_passed: bool,
}

/// Where a scan was.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct VenueInfo {
    /// Null where no venue was named.
    venue_code: Option<String>,
    /// Null where no venue was named.
    venue_name: Option<String>,
    /// The device.
    terminal_device: Option<String>,
}

/// What was sold.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ScannedProduct {
    /// Its number.
    id: i64,
    /// For people; null for a product that is gone.
    name: Option<String>,
}

/// Whether anything is left on the ticket.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub(super) enum ScannedStatus {
    /// Something is left.
    #[serde(rename = "partially_redeemed")]
    PartiallyRedeemed,
    /// Nothing is left.
    #[serde(rename = "USED")]
    Used,
}

impl ScannedStatus {
    fn of(entitlements: &[Entitlement]) -> Self {
        if entitlements.iter().all(|entitlement| entitlement.remaining_uses == 0) {
            Self::Used
        } else {
            Self::PartiallyRedeemed
        }
    }
}

/// A use was taken.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SuccessBody {
    /// Always `success`.
    result: &'static str,
    /// The redemption's id in the ledger.
    redemption_id: String,
    /// The ticket.
    ticket_code: TicketCode,
    /// The function.
    function_code: FunctionCode,
    /// Whether anything is left on the ticket.
    ticket_status: ScannedStatus,
    /// Uses of this function left.
    remaining_uses: i64,
    /// What is left of all functions.
    entitlements: Vec<Entitlement>,
    /// Who the ticket is for.
    customer_info: Customer,
    /// What was sold.
    product_info: ScannedProduct,
    /// Where.
    venue_info: VenueInfo,
    /// The operator, where one is logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_info: Option<String>,
    /// True where this is the answer of an earlier scan of the same `scan_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed: Option<bool>,
    /// When it was undone since.
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed_at: Option<Timestamp>,
    /// How the answer came about.
    performance_metrics: PerformanceMetrics,
    /// When it was answered.
    ts: Timestamp,
}

impl SuccessBody {
    pub(super) fn new(
        redeemed: Redeemed,
        catalog: &Catalog,
        watch: &Stopwatch,
        now: Timestamp,
    ) -> Self {
        let Redeemed { event, held, is_replay } = redeemed;
        let venue = event.venue_code.as_deref().and_then(|code| VenueCode::parse(code).ok());
        let venue: Option<&Arc<Venue>> = venue.and_then(|code| catalog.venues.get(&code));
        let product_id = held.ticket.product_id;
        let product = catalog.products.get(&product_id);
        Self {
            result: "success",
            redemption_id: event.redemption_id,
            ticket_code: event.ticket_code,
            function_code: event.function_code,
            ticket_status: ScannedStatus::of(&held.entitlements),
            remaining_uses: event.remaining_uses_after.unwrap_or(0),
            entitlements: held.entitlements,
            customer_info: held.ticket.customer,
            product_info: ScannedProduct {
                id: product_id,
                name: product.map(|product| product.product_name.clone()),
            },
            venue_info: VenueInfo {
                venue_code: event.venue_code,
                venue_name: venue.map(|venue| venue.venue_name.clone()),
                terminal_device: event.terminal_device_id,
            },
            operator_info: event.operator,
            replayed: is_replay.then_some(true),
            reversed_at: event.reversed_at,
            performance_metrics: PerformanceMetrics {
                response_time_ms: watch.millis(),
                fraud_checks_passed: true,
            },
            ts: now,
        }
    }
}

/// No use was taken.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RejectBody {
    /// Always `reject`.
    result: &'static str,
    /// Why, as a stable code.
    reason: &'static str,
    /// Why, for the operator.
    message: String,
    /// The ticket, where the code opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_code: Option<TicketCode>,
    /// For `ALREADY_REDEEMED`: by which redemption.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_redemption: Option<FirstRedemption>,
    /// True where this is the answer of an earlier scan of the same `scan_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed: Option<bool>,
    /// How the answer came about.
    performance_metrics: PerformanceMetrics,
    /// When it was answered.
    ts: Timestamp,
}

impl RejectBody {
    pub(super) fn new(refused: Refused, watch: &Stopwatch, now: Timestamp) -> Self {
        let is_fraud = matches!(refused.reason, Reason::AlreadyRedeemed | Reason::QrSuperseded);
        Self {
            result: "reject",
            reason: refused.reason.code(),
            message: refused.reason.message().to_owned(),
            ticket_code: refused.ticket_code,
            first_redemption: refused.first_redemption,
            replayed: refused.is_replay.then_some(true),
            performance_metrics: PerformanceMetrics {
                response_time_ms: watch.millis(),
                fraud_checks_passed: !is_fraud,
            },
            ts: now,
        }
    }

    pub(super) fn not_opened(error: TokenError, watch: &Stopwatch, now: Timestamp) -> Self {
        Self {
            result: "reject",
            reason: error.code(),
            message: format!("failed to {error}"),
            ticket_code: None,
            first_redemption: None,
            replayed: None,
            performance_metrics: PerformanceMetrics {
                response_time_ms: watch.millis(),
                fraud_checks_passed: false,
            },
            ts: now,
        }
    }
}

/// The body of `POST /venue/redemptions/{id}/reverse`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct ReverseBody {
    /// Why, for the record.
    pub reason: String,
}

impl ReverseBody {
    pub(super) fn parse(
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

/// A venue in the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct VenueEntry {
    /// Its number.
    venue_id: i64,
    /// Its code.
    venue_code: VenueCode,
    /// For people.
    venue_name: String,
    /// Such as `pier`.
    venue_type: String,
    /// What it redeems.
    supported_functions: Vec<FunctionCode>,
    /// Whether it redeems now.
    is_active: bool,
}

impl From<&Venue> for VenueEntry {
    fn from(venue: &Venue) -> Self {
        Self {
            venue_id: venue.venue_id,
            venue_code: venue.venue_code.clone(),
            venue_name: venue.venue_name.clone(),
            venue_type: venue.venue_type.clone(),
            supported_functions: venue.supported_functions.clone(),
            is_active: venue.is_active,
        }
    }
}

/// The venues.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VenueList {
    /// By number.
    pub(super) venues: Vec<VenueEntry>,
}

/// The query of `GET /venue`.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VenueListQuery {
    /// `true`: closed ones too.
    include_inactive: Option<String>,
}

impl VenueListQuery {
    pub(super) fn parse(self) -> Result<bool, Problem> {
        let mut fields = Fields::new();
        let parse = |text: String| text.parse::<bool>().map_err(|_| "must be true or false");
        let include = fields.optional("include_inactive", self.include_inactive, parse);
        fields.finish(Some(include.unwrap_or(false)))
    }
}

/// The query of `GET /venue/analytics/redemptions`.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// With this QR code.
    jti: Option<String>,
    /// Of this ticket.
    ticket_code: Option<String>,
    /// At this venue.
    venue_code: Option<String>,
    /// Of this function.
    function_code: Option<String>,
    /// With this device.
    terminal_device_id: Option<String>,
    /// `success`, `reject` or `reversal`.
    result: Option<String>,
    /// For this reason, such as `ALREADY_REDEEMED`.
    reason: Option<String>,
    /// Not before: RFC 3339.
    from: Option<String>,
    /// Not after: RFC 3339.
    to: Option<String>,
    /// Counted from 1.
    page: Option<String>,
    /// Events on a page, 50 where none is given, 500 at most.
    limit: Option<String>,
}

impl HistoryQuery {
    pub(super) fn parse(self) -> Result<(HistoryFilter, Page), Problem> {
        let mut fields = Fields::new();
        let page = Page::parse(&mut fields, self.page.as_deref(), self.limit.as_deref());
        let filter = HistoryFilter {
            partner_code: None,
            jti: fields.optional("jti", self.jti, |text| text.parse::<Jti>()),
            ticket_code: fields
                .optional("ticket_code", self.ticket_code, |text| TicketCode::parse(&text)),
            venue_code: self.venue_code,
            function_code: self.function_code,
            terminal_device_id: self.terminal_device_id,
            result: fields.optional("result", self.result, |text| {
                EventResult::from_name(&text).ok_or("must be one of success, reject, reversal")
            }),
            reason: self.reason,
            from: fields.optional("from", self.from, |text| moment(&text)),
            to: fields.optional("to", self.to, |text| moment(&text)),
        };
        fields.finish(Some((filter, page)))
    }
}
