//! What is asked of the audit log.

use chrono_tz::Tz;
use serde::Deserialize;

use crate::access::AuditFilter;
use crate::http::{Fields, Page, Problem, bounded_text};
use crate::kernel::{DayEnd, parse_moment};

/// Characters of a word of the log at most.
const MAX_WORD: usize = 200;

/// The query of `GET /admin/audit`.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// By whom, such as `operator:anna`.
    principal: Option<String>,
    /// What, such as `partner.create`.
    action: Option<String>,
    /// To whom, such as a partner's code.
    subject: Option<String>,
    /// Not before: RFC 3339, or a date, which means its beginning.
    from: Option<String>,
    /// Not after: RFC 3339, or a date, which means its end.
    to: Option<String>,
    /// Counted from 1.
    page: Option<String>,
    /// Lines on a page, 50 where none is given, 500 at most.
    limit: Option<String>,
}

impl AuditQuery {
    pub(in crate::admin) fn parse(self, zone: Tz) -> Result<(AuditFilter, Page), Problem> {
        let mut fields = Fields::new();
        let page = Page::parse(&mut fields, self.page.as_deref(), self.limit.as_deref());
        let mut word = |name: &str, text: Option<String>| {
            fields.optional(name, text, |text| bounded_text(text, MAX_WORD))
        };
        let principal = word("principal", self.principal);
        let action = word("action", self.action);
        let subject = word("subject", self.subject);
        let mut moment = |name: &str, text: Option<String>, end: DayEnd| {
            fields.optional(name, text, |text| parse_moment(&text, zone, end))
        };
        let from = moment("from", self.from, DayEnd::First);
        let to = moment("to", self.to, DayEnd::Last);
        fields.finish(Some((AuditFilter { principal, action, subject, from, to }, page)))
    }
}
