//! API keys as administration makes, changes and sees them.

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::Serialize;

use super::key::is_plain;
use super::permission::PermissionSet;
use crate::http::Patched;
use crate::kernel::{DayEnd, PartnerCode, Timestamp, parse_moment};

/// The part of a key's text that is not secret and that names the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPrefix(String);

impl KeyPrefix {
    /// Takes a text that a prefix could be.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_plain(text).then(|| Self(text.to_owned()))
    }

    /// The prefix as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// When a key is to end: later than now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry(Timestamp);

impl Expiry {
    /// Reads a time, or a date, which means its end in a time zone.
    ///
    /// # Errors
    /// What it must be instead.
    pub fn parse(text: &str, zone: Tz, now: Timestamp) -> Result<Self, &'static str> {
        let at = parse_moment(text, zone, DayEnd::Last)?;
        if at > now { Ok(Self(at)) } else { Err("must be in the future") }
    }

    /// The point in time.
    #[must_use]
    pub fn at(self) -> Timestamp {
        self.0
    }
}

/// How long a key goes on beside the one that replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap(TimeDelta);

impl Overlap {
    /// Minutes where nothing is said: a day.
    pub const DEFAULT_MINUTES: i64 = 24 * 60;
    /// Minutes at most: 90 days.
    pub const MAX_MINUTES: i64 = 90 * 24 * 60;

    /// Takes a number of minutes; 0 ends the old key at once.
    ///
    /// # Errors
    /// What it must be instead.
    pub fn of_minutes(minutes: i64) -> Result<Self, String> {
        let span = TimeDelta::try_minutes(minutes);
        let is_allowed = (0..=Self::MAX_MINUTES).contains(&minutes);
        span.filter(|_| is_allowed)
            .map(Self)
            .ok_or_else(|| format!("must be from 0 to {} (90 days)", Self::MAX_MINUTES))
    }

    /// The span.
    #[must_use]
    pub fn span(self) -> TimeDelta {
        self.0
    }
}

/// Which key to make.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Whose.
    pub partner_code: PartnerCode,
    /// Its name, for people.
    pub key_name: Option<String>,
    /// What it is allowed.
    pub permissions: PermissionSet,
    /// When it ends; never where none is given.
    pub expires_at: Option<Expiry>,
}

/// What to change of a key.
#[derive(Clone, Debug, Default)]
pub struct KeyChange {
    /// Its name.
    pub key_name: Patched<String>,
    /// What it is allowed.
    pub permissions: Option<PermissionSet>,
    /// When it ends.
    pub expires_at: Patched<Expiry>,
}

/// How to rotate a key.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// How long the old one goes on.
    pub overlap: Overlap,
    /// When the new one ends; never where none is given.
    pub expires_at: Option<Expiry>,
}

/// A key as lists and the audit log show it: without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KeySummary {
    /// The part of the key's text that is not secret and that names the key.
    pub key_prefix: String,
    /// Whose.
    pub partner_code: String,
    /// Its name, for people; null where none was given.
    pub key_name: Option<String>,
    /// What it is allowed.
    pub permissions: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; null means never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to a minute.
    pub last_used_at: Option<Timestamp>,
}

/// A key that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CreatedKey {
    /// The text for the `X-API-Key` header, shown this once.
    pub api_key: String,
    /// The key, without its secret.
    pub key: KeySummary,
}

/// A key that was just made in the place of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RotatedKey {
    /// The text for the `X-API-Key` header, shown this once.
    pub api_key: String,
    /// The new key, without its secret.
    pub key: KeySummary,
    /// The old one, which goes on until its `expires_at`.
    pub replaced: KeySummary,
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Hong_Kong;

    use super::*;

    #[test]
    fn a_key_ends_later_than_now() {
        let now = Timestamp::parse("2026-11-21T02:00:00Z").unwrap();
        let read = |text| Expiry::parse(text, Hong_Kong, now).map(|expiry| expiry.at().to_string());
        assert_eq!(read("2026-11-21T02:00:00.001Z").unwrap(), "2026-11-21T02:00:00.001Z");
        assert_eq!(read("2026-11-21").unwrap(), "2026-11-21T15:59:59.999Z");
        assert_eq!(read("2026-11-21T02:00:00Z"), Err("must be in the future"));
        assert_eq!(read("2026-11-20"), Err("must be in the future"));
        assert!(read("soon").unwrap_err().starts_with("must be a time such as"));
    }

    #[test]
    fn an_overlap_is_of_90_days_at_most() {
        let minutes = |minutes| Overlap::of_minutes(minutes).map(Overlap::span);
        assert_eq!(minutes(0), Ok(TimeDelta::zero()));
        assert_eq!(minutes(129_600), Ok(TimeDelta::days(90)));
        for wrong in [-1, 129_601, i64::MAX, i64::MIN] {
            assert_eq!(minutes(wrong), Err("must be from 0 to 129600 (90 days)".to_owned()));
        }
    }

    #[test]
    fn a_prefix_is_short_and_plain() {
        assert!(KeyPrefix::parse("0g3k").is_some());
        for wrong in ["", "a_b", "a\0", "é", &"a".repeat(65)] {
            assert_eq!(KeyPrefix::parse(wrong), None);
        }
    }
}
