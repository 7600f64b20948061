//! A scan: as it is sent, as it is understood, as it is answered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::access::MAX_DEVICE;
use crate::catalog::{Catalog, Venue};
use crate::http::{Fields, Problem, bounded_text};
use crate::kernel::{FunctionCode, Stopwatch, TicketCode, Timestamp, VenueCode};
use crate::redemption::{FirstRedemption, Reason, Redeemed, Refused};
use crate::tickets::{Customer, Entitlement};
use crate::token::TokenError;

/// Characters of a `scan_id` at most.
const MAX_SCAN_ID: usize = 64;

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
pub(in crate::venue) struct ParsedScan {
    pub(in crate::venue) qr_token: String,
    pub(in crate::venue) function_code: FunctionCode,
    pub(in crate::venue) terminal_device_id: String,
    pub(in crate::venue) venue_code: Option<VenueCode>,
    pub(in crate::venue) scan_id: Option<String>,
    pub(in crate::venue) scanned_at: Option<Timestamp>,
}

impl ScanBody {
    pub(in crate::venue) fn parse(self) -> Result<ParsedScan, Problem> {
        let mut fields = Fields::new();
        let function_code = fields.take("function_code", FunctionCode::parse(&self.function_code));
        let device = bounded_text(self.terminal_device_id, MAX_DEVICE);
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
pub(in crate::venue) struct PerformanceMetrics {
    /// Milliseconds on the server.
    response_time_ms: f64,
    /// False where the code is forged, was used before, or has been superseded.
    fraud_checks_passed: bool,
}

/// Where a scan was.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(in crate::venue) struct VenueInfo {
    /// Null where no venue was named.
    venue_code: Option<String>,
    /// Null where no venue was named.
    venue_name: Option<String>,
    /// The device.
    terminal_device: Option<String>,
}

/// What was sold.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(in crate::venue) struct ScannedProduct {
    /// Its number.
    id: i64,
    /// For people; null for a product that is gone.
    name: Option<String>,
}

/// Whether anything is left on the ticket.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub(in crate::venue) enum ScannedStatus {
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
pub(in crate::venue) struct SuccessBody {
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
    pub(in crate::venue) fn new(
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
pub(in crate::venue) struct RejectBody {
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
    pub(in crate::venue) fn new(refused: Refused, watch: &Stopwatch, now: Timestamp) -> Self {
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

    pub(in crate::venue) fn not_opened(
        error: TokenError,
        watch: &Stopwatch,
        now: Timestamp,
    ) -> Self {
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
