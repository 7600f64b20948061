//! What is sent to change a partner's own limits.

use serde::{Deserialize, Deserializer};

use crate::access::{Class, Limit, LimitChanges};
use crate::http::{Fields, Problem};

/// A text, a null, or nothing at all.
type Change = Option<Option<String>>;

/// The body of `PATCH /admin/partners/{code}/rate-limits`: a rate such as `50/s` or `30/min:60`, or `off`; null for the
/// server's setting again. What is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimitsBody {
    /// Redeeming, and undoing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    scan: Change,
    /// Looking at the ticket behind a QR code.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    look: Change,
    /// Generating tickets.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    generate: Change,
    /// Issuing and fetching QR codes.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    issue: Change,
    /// Lists, reports and look-ups.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    read: Change,
    /// Administration.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    manage: Change,
    /// Logging in, pairing, and changing a password.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    enter: Change,
}

/// Tells a null from a field that is left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Change, D::Error> {
    Option::deserialize(deserializer).map(Some)
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
            if let Some(text) = change {
                let parse = |text: String| text.parse::<Limit>();
                changes.insert(class, fields.optional(class.name(), text, parse));
            }
        }
        fields.finish(Some(changes))
    }
}
