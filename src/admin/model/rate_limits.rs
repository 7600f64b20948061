//! What is sent to change a partner's own limits.

use serde::{Deserialize, Deserializer};

use crate::access::{Class, Limit, LimitChanges};
use crate::http::{Fields, Problem};

/// What is sent about a class.
#[derive(Clone, Debug, Default)]
enum Change {
    /// Nothing.
    #[default]
    LeftOut,
    /// A null.
    ToSetting,
    /// A text.
    To(String),
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.map_or(Self::ToSetting, Self::To))
    }
}

/// The body of `PATCH /admin/partners/{code}/rate-limits`: a rate such as `50/s` or `30/min:60`, or `off`; null for the
/// server's setting again. What is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimitsBody {
    /// Redeeming, and undoing.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    scan: Change,
    /// Looking at the ticket behind a QR code.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    look: Change,
    /// Generating tickets.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    generate: Change,
    /// Issuing and fetching QR codes.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    issue: Change,
    /// Lists, reports and look-ups.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    read: Change,
    /// Administration.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    manage: Change,
    /// Logging in, pairing, and changing a password.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    enter: Change,
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
                Change::LeftOut => continue,
                Change::ToSetting => None,
                Change::To(text) => fields.take(class.name(), text.parse::<Limit>()),
            };
            changes.insert(class, limit);
        }
        fields.finish(Some(changes))
    }
}
