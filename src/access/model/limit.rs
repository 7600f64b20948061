//! Limits of rates: what settings and partners' own limits say, and how somebody stands with one.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::json;

use super::class::Class;

/// What a limit must look like.
const SHAPE: &str = "must be a rate such as 50/s or 30/min, with a burst such as 30/min:60 where it is another \
                     than the rate, or off; numbers are from 1 to 1000000";
const MAX_NUMBER: u32 = 1_000_000;

/// What a rate is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Second,
    Minute,
}

/// So many in a second or a minute, steadily, and a number at once: the burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    amount: NonZeroU32,
    period: Period,
    burst: NonZeroU32,
}

impl Rate {
    /// How long it takes until one more is allowed.
    #[must_use]
    pub fn interval(self) -> Duration {
        let period = match self.period {
            Period::Second => Duration::from_secs(1),
            Period::Minute => Duration::from_mins(1),
        };
        period / self.amount.get()
    }

    /// How many are allowed at once.
    #[must_use]
    pub fn burst(self) -> NonZeroU32 {
        self.burst
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let period = match self.period {
            Period::Second => "s",
            Period::Minute => "min",
        };
        write!(f, "{}/{period}", self.amount)?;
        if self.burst == self.amount {
            return Ok(());
        }
        write!(f, ":{}", self.burst)
    }
}

/// A limit: a rate, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// As often as wanted.
    Off,
    /// Not more often than this.
    Rate(Rate),
}

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let number = |text: &str| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = is_plain.then(|| text.parse::<NonZeroU32>().ok()).flatten();
            number.filter(|number| number.get() <= MAX_NUMBER).ok_or(SHAPE)
        };
        let (rate, burst) = text.split_once(':').map_or((text, None), |(r, b)| (r, Some(b)));
        let (amount, period) = match rate.split_once('/') {
            Some((amount, "s")) => (number(amount)?, Period::Second),
            Some((amount, "min")) => (number(amount)?, Period::Minute),
            Some(_) | None => return Err(SHAPE),
        };
        let burst = burst.map_or(Ok(amount), number)?;
        Ok(Self::Rate(Rate { amount, period, burst }))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Rate(rate) => rate.fmt(f),
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Limits by class of operation; nothing is said about a class that is not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits(BTreeMap<Class, Limit>);

impl Limits {
    /// Says another limit for a class, or nothing any more.
    #[must_use]
    pub fn with(mut self, class: Class, limit: Option<Limit>) -> Self {
        match limit {
            Some(limit) => self.0.insert(class, limit),
            None => self.0.remove(&class),
        };
        self
    }

    /// What is said about a class.
    #[must_use]
    pub fn get(&self, class: Class) -> Option<Limit> {
        self.0.get(&class).copied()
    }

    /// Texts by the names of classes, as they are stored and shown.
    #[must_use]
    pub fn texts(&self) -> BTreeMap<&'static str, String> {
        self.0.iter().map(|(class, limit)| (class.name(), limit.to_string())).collect()
    }

    /// What [`Limits::texts`] gives, as JSON; none where nothing is said.
    pub(in crate::access) fn to_json(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| json!(self.texts()).to_string())
    }

    /// What [`Limits::texts`] gives, from JSON; none where it is something else.
    pub(in crate::access) fn from_json(json: &str) -> Option<Self> {
        let texts: BTreeMap<String, String> = serde_json::from_str(json).ok()?;
        let read = |(name, text): (String, String)| {
            Some((Class::limited_by_name(&name)?, text.parse().ok()?))
        };
        texts.into_iter().map(read).collect::<Option<_>>().map(Self)
    }
}

impl Serialize for Limits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.texts().serialize(serializer)
    }
}

/// The limits of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    /// Of operations.
    pub classes: Limits,
    /// Of wrong credentials, and of codes that do not open.
    pub failures: Limit,
}

/// How somebody stands with a limit, after one more was counted or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What is limited.
    pub(in crate::access) name: &'static str,
    /// The limit.
    pub(in crate::access) rate: Rate,
    /// How many more are allowed at once.
    pub(in crate::access) remaining: u32,
    /// When the whole burst is allowed again.
    pub(in crate::access) full_in: Duration,
    /// When one more is allowed; zero where it is now.
    pub(in crate::access) next_in: Duration,
}

impl Standing {
    /// The item of `RateLimit` (draft-ietf-httpapi-ratelimit-headers, section 4): what remains, and the seconds until
    /// all of it is there again.
    #[must_use]
    pub fn item(&self) -> String {
        format!("\"{}\";r={};t={}", self.name, self.remaining, whole_seconds(self.full_in))
    }

    /// The item of `RateLimit-Policy` (section 3 there): the burst, and the seconds in which it comes back.
    #[must_use]
    pub fn policy(&self) -> String {
        let burst = self.rate.burst().get();
        let window = whole_seconds(self.rate.interval() * burst);
        format!("\"{}\";q={burst};w={window}", self.name)
    }

    /// Seconds after which one more is allowed.
    #[must_use]
    pub fn retry_after(&self) -> u32 {
        whole_seconds(self.next_in).max(1)
    }
}

/// Seconds, rounded up.
fn whole_seconds(span: Duration) -> u32 {
    let seconds = span.as_secs() + u64::from(span.subsec_nanos() > 0);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_read_as_it_is_written() {
        for text in ["off", "50/s", "50/s:100", "30/min:60", "1/min", "1/s:1000000"] {
            assert_eq!(text.parse::<Limit>().unwrap().to_string(), text);
        }
        assert_eq!("5/s:5".parse::<Limit>().unwrap().to_string(), "5/s");
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for text in [
            "",
            "Off",
            "5",
            "5/",
            "/s",
            "0/s",
            "5/s:0",
            "-5/s",
            "+5/s",
            "5/h",
            "5 /s",
            "5/s:",
            "5/s:2:2",
            "1000001/s",
            "5/s:1000001",
            "5.5/s",
            "99999999999/s",
            "off:2",
        ] {
            assert_eq!(text.parse::<Limit>(), Err(SHAPE), "{text}");
        }
    }

    #[test]
    fn limits_are_stored_by_the_names_of_classes() {
        let limits = Limits::default().with(Class::Scan, Some(Limit::Off));
        let limits = limits.with(Class::Issue, "5/s".parse().ok());
        assert_eq!(Limits::default().to_json(), None);
        let json = limits.to_json().unwrap();
        assert_eq!(json, r#"{"issue":"5/s","scan":"off"}"#);
        assert_eq!(serde_json::to_string(&limits).unwrap(), json);
        assert_eq!(Limits::from_json(&json), Some(limits));
        for json in ["", "[]", r#"{"unlimited":"5/s"}"#, r#"{"scan":"5"}"#, r#"{"scan":null}"#] {
            assert_eq!(Limits::from_json(json), None, "{json}");
        }
    }
}
