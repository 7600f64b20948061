//! Which keys were used and are to have that written down: kept in memory, so that no request waits for it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;

use super::key::KeyKind;
use crate::kernel::Timestamp;

/// The least time between two writes of one key's last use.
const APART: TimeDelta = TimeDelta::minutes(1);
/// Keys noted at most. One that finds no room is noted at a later use.
const CAPACITY: usize = 4096;

/// Whether a key that was used now is to have that written down, after the use that is written down already.
pub(in crate::access) fn is_due(written: Option<Timestamp>, now: Timestamp) -> bool {
    written.is_none_or(|at| at <= latest_before(now))
}

/// The latest written use that leaves one at `now` to be written.
pub(in crate::access) fn latest_before(now: Timestamp) -> Timestamp {
    now.plus(-APART)
}

/// A key, by its kind and prefix.
pub(in crate::access) type UsedKey = (KeyKind, String);

/// See the module.
#[derive(Debug, Default)]
pub(in crate::access) struct Uses(Mutex<BTreeMap<UsedKey, Timestamp>>);

impl Uses {
    fn noted(&self) -> MutexGuard<'_, BTreeMap<UsedKey, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a key was used.
    pub(in crate::access) fn note(&self, kind: KeyKind, prefix: &str, now: Timestamp) {
        let mut noted = self.noted();
        let key = (kind, prefix.to_owned());
        if noted.len() < CAPACITY || noted.contains_key(&key) {
            noted.insert(key, now);
        }
    }

    /// Takes some of what was noted, in the order of the keys, so that two servers that write the same ones never
    /// wait for each other in a circle.
    pub(in crate::access) fn take(&self, most: usize) -> Vec<(UsedKey, Timestamp)> {
        let mut noted = self.noted();
        std::iter::from_fn(|| noted.pop_first()).take(most).collect()
    }

    /// Gives back what could not be written; what was noted since is newer and stays.
    pub(in crate::access) fn give_back(&self, uses: Vec<(UsedKey, Timestamp)>) {
        let mut noted = self.noted();
        for (key, at) in uses {
            noted.entry(key).or_insert(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_unix_seconds(minute * 60)
    }

    #[test]
    fn a_use_is_due_a_minute_after_the_one_that_is_written() {
        assert!(is_due(None, at(5)));
        assert!(is_due(Some(at(4)), at(5)));
        assert!(!is_due(Some(at(4)), at(5).plus(TimeDelta::milliseconds(-1))));
        assert!(!is_due(Some(at(6)), at(5)), "another server's clock is ahead");
    }

    #[test]
    fn however_many_keys_are_used_only_so_many_are_noted() {
        let uses = Uses::default();
        for number in 0..CAPACITY + 100 {
            uses.note(KeyKind::Partner, &format!("{number:05}"), at(1));
        }
        uses.note(KeyKind::Partner, "00000", at(2));
        let first = uses.take(1);
        assert_eq!(first, [((KeyKind::Partner, "00000".to_owned()), at(2))]);
        uses.note(KeyKind::Partner, "00000", at(3));
        uses.give_back(first);
        let all = uses.take(usize::MAX);
        assert_eq!(all.len(), CAPACITY);
        assert_eq!(all.first().unwrap().1, at(3));
        assert!(uses.take(1).is_empty());
    }
}
