//! Counts who asks how often, and who fails how often, in this process.
//!
//! Comes in: who somebody is and what they ask for. Goes out: how they stand, or that it is too often. Each credential
//! has its own count for each class of operations (GCRA: a steady rate and a burst); an address is counted only where
//! there is no credential, since a whole pier stands behind one. The counts are bounded: those not used for long go
//! first, and whoever comes again begins with a full burst.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as GovernorClock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use quick_cache::Equivalent;
use quick_cache::sync::Cache;

use super::error::AccessError;
use super::model::{Class, Limit, LimitSettings, Limits, Principal, Rate, Standing};
use crate::kernel::{Clock, Stopwatch};

/// Counts kept at most.
const MEMORY_SIZE: usize = 65_536;
/// How failures are named in headers and texts.
const FAILURES: &str = "failures";

/// Time since the limiter was made: by the monotonic clock, which nobody sets, or by a test's.
#[derive(Clone, Debug)]
struct LimitClock {
    clock: Clock,
    started: Stopwatch,
}

impl GovernorClock for LimitClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let since = match &self.clock {
            Clock::System => self.started.elapsed(),
            Clock::Manual(_) => {
                Duration::from_millis(u64::try_from(self.clock.now().millis()).unwrap_or_default())
            }
        };
        Nanos::from(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum What {
    Class(Class),
    Failures,
}

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who<T> {
    /// An API key, by its prefix.
    Key(T),
    /// A terminal, by its device.
    Terminal(T),
    /// An operator, by name.
    Operator(T),
    /// Somebody without credentials, by address; of IPv6 the network of 64 bits, which one line has.
    Address(IpAddr),
    /// Somebody of whom nothing is known.
    Nobody,
}

impl<'a> Who<&'a str> {
    pub(super) fn of(principal: Option<&'a Principal>, address: Option<IpAddr>) -> Self {
        match principal {
            Some(Principal::Partner(partner)) => Self::Key(&partner.key_prefix),
            Some(Principal::Terminal(terminal) | Principal::OperatorAtTerminal(_, terminal)) => {
                Self::Terminal(&terminal.terminal_device_id)
            }
            Some(Principal::Operator(operator)) => Self::Operator(&operator.username),
            Some(Principal::DemoVisitor) | None => {
                address.map_or(Self::Nobody, |address| Self::Address(line_of(address)))
            }
        }
    }

    fn to_owned(&self) -> Who<String> {
        match *self {
            Self::Key(prefix) => Who::Key(prefix.to_owned()),
            Self::Terminal(device) => Who::Terminal(device.to_owned()),
            Self::Operator(name) => Who::Operator(name.to_owned()),
            Self::Address(address) => Who::Address(address),
            Self::Nobody => Who::Nobody,
        }
    }
}

impl Who<String> {
    fn borrowed(&self) -> Who<&str> {
        match self {
            Self::Key(prefix) => Who::Key(prefix),
            Self::Terminal(device) => Who::Terminal(device),
            Self::Operator(name) => Who::Operator(name),
            Self::Address(address) => Who::Address(*address),
            Self::Nobody => Who::Nobody,
        }
    }
}

/// What one line at home or in an office has: an IPv4 address, or a network of 64 bits.
fn line_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key<T> {
    what: What,
    who: Who<T>,
}

impl Equivalent<Key<String>> for Key<&str> {
    fn equivalent(&self, key: &Key<String>) -> bool {
        self.what == key.what && self.who == key.who.borrowed()
    }
}

/// A count, and the limit that it is made for.
struct Count {
    rate: Rate,
    gcra: RateLimiter<NotKeyed, InMemoryState, LimitClock, StateInformationMiddleware>,
}

impl Count {
    fn new(rate: Rate, clock: LimitClock) -> Option<Self> {
        let quota = Quota::with_period(rate.interval())?.allow_burst(rate.burst());
        let gcra = RateLimiter::direct_with_clock(quota, clock).with_middleware();
        Some(Self { rate, gcra })
    }

    /// Counts one more; the error is that of one too many.
    fn add(&self, name: &'static str) -> Result<Standing, Standing> {
        let rate = self.rate;
        match self.gcra.check() {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = rate.burst().get().saturating_sub(remaining);
                let full_in = rate.interval() * used;
                Ok(Standing { name, rate, remaining, full_in, next_in: Duration::ZERO })
            }
            Err(refused) => {
                let next_in = refused.wait_time_from(self.gcra.clock().now());
                let full_in = next_in + rate.interval() * (rate.burst().get() - 1);
                Err(Standing { name, rate, remaining: 0, full_in, next_in })
            }
        }
    }
}

struct Counts {
    settings: LimitSettings,
    clock: LimitClock,
    memory: Cache<Key<String>, Arc<Count>>,
}

/// See the module; clones share the counts.
#[derive(Clone, Default)]
pub struct Limiter {
    /// None where nothing is limited.
    counts: Option<Arc<Counts>>,
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.counts.as_ref().map(|counts| &counts.settings);
        f.debug_struct("Limiter").field("settings", &settings).finish_non_exhaustive()
    }
}

impl Limiter {
    /// Limits as the settings say.
    #[must_use]
    pub fn new(settings: LimitSettings, clock: Clock) -> Self {
        let clock = LimitClock { clock, started: Stopwatch::start() };
        let memory = Cache::new(MEMORY_SIZE);
        Self { counts: Some(Arc::new(Counts { settings, clock, memory })) }
    }

    /// Limits nothing.
    #[must_use]
    pub fn off() -> Self {
        Self::default()
    }

    /// Counts an operation; how its asker stands, where it is limited. A partner's own limits come before the
    /// settings.
    pub(super) fn count(
        &self,
        class: Class,
        who: Who<&str>,
        own: Option<&Limits>,
    ) -> Result<Option<Standing>, AccessError> {
        let Some(counts) = &self.counts else { return Ok(None) };
        let own = own.and_then(|own| own.get(class));
        let limit = own.or_else(|| counts.settings.classes.get(class)).unwrap_or(Limit::Off);
        counts.add(&Key { what: What::Class(class), who }, class.name(), limit)
    }

    /// Counts a failure; one of coming in has the limit of its class.
    fn count_failure(&self, what: What, who: Who<&str>) -> Result<(), AccessError> {
        let Some(counts) = &self.counts else { return Ok(()) };
        let (name, limit) = match what {
            What::Failures => (FAILURES, counts.settings.failures),
            What::Class(class) => {
                (class.name(), counts.settings.classes.get(class).unwrap_or(Limit::Off))
            }
        };
        counts.add(&Key { what, who }, name, limit).map(drop)
    }
}

impl Counts {
    fn add(
        &self,
        key: &Key<&str>,
        name: &'static str,
        limit: Limit,
    ) -> Result<Option<Standing>, AccessError> {
        let Limit::Rate(rate) = limit else { return Ok(None) };
        let Some(count) = self.find(key, rate) else { return Ok(None) };
        count.add(name).map(Some).map_err(AccessError::RateLimited)
    }

    /// The count of a key under this rate: one that was made for another rate is over.
    fn find(&self, key: &Key<&str>, rate: Rate) -> Option<Arc<Count>> {
        let known = self.memory.get(key);
        if let Some(count) = known.as_ref().filter(|count| count.rate == rate) {
            return Some(Arc::clone(count));
        }
        let key = Key { what: key.what, who: key.who.to_owned() };
        let fresh = || Count::new(rate, self.clock.clone()).map(Arc::new).ok_or(());
        if known.is_none() {
            // Of those who ask at the same time for the first time, all are counted together.
            return self.memory.get_or_insert_with(&key, fresh).ok();
        }
        let count = fresh().ok()?;
        self.memory.insert(key, Arc::clone(&count));
        Some(count)
    }
}

/// Where somebody's failures are counted: keys that are wrong, codes that do not open, log-ins and pairings that fail.
///
/// What they send is looked at first and counted after, so that what is right is never refused for what was wrong.
#[derive(Clone, Debug)]
pub struct FailureDoor {
    limiter: Limiter,
    what: What,
    who: Who<String>,
}

impl FailureDoor {
    pub(super) fn new(limiter: &Limiter, who: &Who<&str>) -> Self {
        Self { limiter: limiter.clone(), what: What::Failures, who: who.to_owned() }
    }

    /// The same for an operation whose failures alone are counted, against the limit of its class.
    pub(super) fn of_class(self, class: Class) -> Self {
        Self { what: What::Class(class), ..self }
    }

    /// Counts a failure.
    ///
    /// # Errors
    /// It is one too many.
    pub fn count(&self) -> Result<(), AccessError> {
        self.limiter.count_failure(self.what, self.who.borrowed())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::kernel::{ManualClock, Timestamp};

    fn limiter(limit: &str) -> (Limiter, ManualClock) {
        let clock = ManualClock::at(Timestamp::from_millis(0));
        let classes = Limits::default().with(Class::Enter, limit.parse().ok());
        let settings = LimitSettings { classes, failures: Limit::Off };
        (Limiter::new(settings, Clock::Manual(clock.clone())), clock)
    }

    fn is_let_in(limiter: &Limiter, address: &str) -> bool {
        let who = Who::of(None, address.parse().ok());
        limiter.count(Class::Enter, who, None).is_ok()
    }

    #[test]
    fn without_credentials_an_address_is_counted() {
        let (limiter, clock) = limiter("1/min");
        for address in ["192.0.2.1", "192.0.2.2", "2001:db8:0:1::1", "2001:db8:0:2::1", ""] {
            assert!(is_let_in(&limiter, address), "{address}");
            assert!(!is_let_in(&limiter, address), "{address}");
        }
        for same in ["::ffff:192.0.2.1", "2001:db8:0:1:ffff::2", "no address"] {
            assert!(!is_let_in(&limiter, same), "{same}");
        }
        clock.advance(TimeDelta::minutes(1));
        assert!(is_let_in(&limiter, "2001:db8:0:1:ffff::2"));
        assert!(!is_let_in(&limiter, "2001:db8:0:1::1"));
    }

    #[test]
    fn the_counts_are_bounded() {
        let (limiter, _) = limiter("1/min");
        for number in 0..2 * u32::try_from(MEMORY_SIZE).unwrap() {
            let who = Who::Address(IpAddr::V4(number.into()));
            limiter.count(Class::Enter, who, None).unwrap();
        }
        let counts = limiter.counts.as_ref().unwrap();
        assert!(counts.memory.len() <= MEMORY_SIZE, "{}", counts.memory.len());
    }

    #[test]
    fn what_no_limit_is_set_for_is_not_counted() {
        let (limiter, _) = limiter("off");
        for class in Class::ALL {
            let who = Who::of(None, None);
            assert_eq!(limiter.count(class, who, None).unwrap(), None, "{}", class.name());
        }
        assert!(Limiter::off().count_failure(What::Failures, Who::Nobody).is_ok());
    }
}
