//! Time: the clock that the server asks, points in time, calendar days, and a stopwatch.
//!
//! Comes in: the operating system's clock, or a test's. Goes out: [`Timestamp`]s in UTC.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Utc,
};
use chrono_tz::Tz;
use serde::{Serialize, Serializer};

/// A point in time, UTC, in whole milliseconds: both databases and JSON give it back unchanged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z; out of chrono's range gives the epoch.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(DateTime::from_timestamp_millis(millis).unwrap_or_default())
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// What a database column of type Timestamp holds, read as UTC.
    #[must_use]
    pub fn from_naive_utc(naive: NaiveDateTime) -> Self {
        Self::from_millis(naive.and_utc().timestamp_millis())
    }

    /// The same instant for a database column of type Timestamp.
    #[must_use]
    pub fn naive_utc(self) -> NaiveDateTime {
        self.0.naive_utc()
    }

    /// RFC 3339 text with an offset, such as `2026-11-21T08:00:00.250+08:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parsed = DateTime::parse_from_rfc3339(text).ok()?;
        let year_is_plain = (1..=9999).contains(&parsed.to_utc().year());
        year_is_plain.then(|| Self::from_millis(parsed.timestamp_millis()))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// This instant with its fraction of a second cut off.
    #[must_use]
    pub fn whole_seconds(self) -> Self {
        Self::from_unix_seconds(self.unix_seconds())
    }

    /// This instant moved by a span, which may be negative.
    #[must_use]
    pub fn plus(self, span: TimeDelta) -> Self {
        Self(self.0.checked_add_signed(span).unwrap_or(self.0))
    }

    /// From `earlier` to this instant; negative if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> TimeDelta {
        self.0.signed_duration_since(earlier.0)
    }

    /// The calendar day of this instant in a time zone.
    #[must_use]
    pub fn day_in(self, zone: Tz) -> NaiveDate {
        self.0.with_timezone(&zone).date_naive()
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self::from_millis(DateTime::<Utc>::from(time).timestamp_millis())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            )))
            .description(Some("RFC 3339, UTC, with milliseconds"))
            .into()
    }
}

impl utoipa::ToSchema for Timestamp {}

/// The first and the last millisecond of a calendar day in a time zone.
///
/// Where the zone skips midnight that day (a daylight saving change), the day begins at the first time that exists.
fn day_bounds(day: NaiveDate, zone: Tz) -> Option<(Timestamp, Timestamp)> {
    let begins = |date: NaiveDate| {
        (0..4).find_map(|hour| {
            let local = date.and_time(NaiveTime::MIN) + TimeDelta::hours(hour);
            local
                .and_local_timezone(zone)
                .earliest()
                .map(|start| Timestamp::from_millis(start.timestamp_millis()))
        })
    };
    let next = begins(day.succ_opt()?)?;
    Some((begins(day)?, next.plus(TimeDelta::milliseconds(-1))))
}

/// Which end of a day a date without time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayEnd {
    /// Its first moment.
    First,
    /// Its last millisecond.
    Last,
}

/// Reads a point in time (RFC 3339), or a date, which means one end of that day in a time zone.
///
/// # Errors
/// What it must be instead.
pub fn parse_moment(text: &str, zone: Tz, end: DayEnd) -> Result<Timestamp, &'static str> {
    if let Some(at) = Timestamp::parse(text) {
        return Ok(at);
    }
    // chrono reads more than it writes: signs, years of other lengths, single digits.
    let is_plain = |day: &NaiveDate| day.to_string() == text && (1..=9999).contains(&day.year());
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(is_plain);
    let (first, last) = day
        .and_then(|day| day_bounds(day, zone))
        .ok_or("must be a time such as 2026-11-21T08:00:00Z or a date such as 2026-11-21")?;
    Ok(match end {
        DayEnd::First => first,
        DayEnd::Last => last,
    })
}

/// Where "now" comes from: the operating system, or a clock that a test sets.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The operating system's clock.
    #[default]
    System,
    /// A clock that stands still until its test moves it.
    Manual(ManualClock),
}

impl Clock {
    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
            Self::System => Timestamp::from_millis(Utc::now().timestamp_millis()),
            Self::Manual(clock) => Timestamp::from_millis(clock.0.load(Ordering::SeqCst)),
        }
    }
}

/// A clock for tests; clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.millis())))
    }

    /// Moves the clock.
    pub fn advance(&self, span: TimeDelta) {
        self.0.fetch_add(span.num_milliseconds(), Ordering::SeqCst);
    }
}

/// Measures a duration on the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    pub fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
        Self(Instant::now())
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// The time since the start in milliseconds, to the microsecond.
    #[must_use]
    pub fn millis(&self) -> f64 {
        (self.elapsed().as_secs_f64() * 1e6).round() / 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_written_in_utc_with_milliseconds() {
        let parsed = Timestamp::parse("2026-11-21T08:00:00.250+08:00").unwrap();
        assert_eq!(parsed.to_string(), "2026-11-21T00:00:00.250Z");
        assert_eq!(Timestamp::from_naive_utc(parsed.naive_utc()), parsed);
        assert_eq!(Timestamp::parse("2026-11-21"), None);
    }

    #[test]
    fn a_day_ends_one_millisecond_before_the_next_begins() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let (from, until) = day_bounds(day, chrono_tz::Asia::Hong_Kong).unwrap();
        assert_eq!(from.to_string(), "2026-11-20T16:00:00.000Z");
        assert_eq!(until.to_string(), "2026-11-21T15:59:59.999Z");
    }

    #[test]
    fn a_day_without_a_midnight_begins_at_its_first_hour() {
        let day = NaiveDate::from_ymd_opt(2018, 11, 4).unwrap();
        let (from, until) = day_bounds(day, chrono_tz::America::Sao_Paulo).unwrap();
        assert_eq!(from.to_string(), "2018-11-04T03:00:00.000Z");
        assert_eq!(until.to_string(), "2018-11-05T01:59:59.999Z");
    }
}
