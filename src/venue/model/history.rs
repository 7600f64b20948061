//! What is asked of the ledger.

use chrono_tz::Tz;
use serde::Deserialize;

use super::MAX_REASON;
use crate::access::MAX_DEVICE;
use crate::http::{Fields, Page, Problem, bounded_text};
use crate::kernel::{DayEnd, FunctionCode, Jti, TicketCode, VenueCode, parse_moment};
use crate::redemption::{EventResult, HistoryFilter};

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
    /// Not before: RFC 3339, or a date, which means its beginning.
    from: Option<String>,
    /// Not after: RFC 3339, or a date, which means its end.
    to: Option<String>,
    /// Counted from 1.
    page: Option<String>,
    /// Events on a page, 50 where none is given, 500 at most.
    limit: Option<String>,
}

impl HistoryQuery {
    pub(in crate::venue) fn parse(self, zone: Tz) -> Result<(HistoryFilter, Page), Problem> {
        let mut fields = Fields::new();
        let page = Page::parse(&mut fields, self.page.as_deref(), self.limit.as_deref());
        let filter = HistoryFilter {
            partner_code: None,
            jti: fields.optional("jti", self.jti, |text| text.parse::<Jti>()),
            ticket_code: fields
                .optional("ticket_code", self.ticket_code, |text| TicketCode::parse(&text)),
            venue_code: fields.optional("venue_code", self.venue_code, |text| {
                VenueCode::parse(&text).map(String::from)
            }),
            function_code: fields.optional("function_code", self.function_code, |text| {
                FunctionCode::parse(&text).map(String::from)
            }),
            terminal_device_id: fields.optional(
                "terminal_device_id",
                self.terminal_device_id,
                |text| bounded_text(text, MAX_DEVICE),
            ),
            result: fields.optional("result", self.result, |text| {
                EventResult::from_name(&text).ok_or("must be one of success, reject, reversal")
            }),
            reason: fields.optional("reason", self.reason, |text| bounded_text(text, MAX_REASON)),
            from: fields
                .optional("from", self.from, |text| parse_moment(&text, zone, DayEnd::First)),
            to: fields.optional("to", self.to, |text| parse_moment(&text, zone, DayEnd::Last)),
        };
        fields.finish(Some((filter, page)))
    }
}
