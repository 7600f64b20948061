//! What is sent to change a partner's own limits.

use serde::Deserialize;

use crate::access::{Class, Limit, LimitChanges};
use crate::http::{Fields, Patched, Problem};

/// The body of `PATCH /admin/partners/{partner_code}/rate-limits`: a rate such as `50/s` or `30/min:60`, or `off`; null for the
/// server's setting again. What is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimitsBody {
    /// Redeeming, and undoing.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    scan: Patched<String>,
    /// Looking at the ticket behind a QR code.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    look: Patched<String>,
    /// Generating tickets.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    generate: Patched<String>,
    /// Issuing and fetching QR codes.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    issue: Patched<String>,
    /// Lists, reports and look-ups.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    read: Patched<String>,
    /// Administration.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    manage: Patched<String>,
    /// Logging in, pairing, and changing a password.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    enter: Patched<String>,
}

impl RateLimitsBody {
    pub(in crate::admin) fn parse(self) -> Result<LimitChanges, Problem> {
        let mut fields = Fields::new();
        let mut changes = LimitChanges::new();
        let given = [
            (Class::Scan, self.scan),
            (Class::Look, self.look),
            (Class::Generate, self.generate),
            (Class::Issue, self.issue),
            (Class::Read, self.read),
            (Class::Manage, self.manage),
            (Class::Enter, self.enter),
        ];
        for (class, change) in given {
            let limit = match change {
                Patched::Absent => continue,
                Patched::Null => None,
                Patched::Value(text) => fields.take(class.name(), text.parse::<Limit>()),
            };
            changes.insert(class, limit);
        }
        fields.finish(Some(changes))
    }
}
