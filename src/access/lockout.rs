//! Locks a name after too many failed tries to log in with it, whether there is such an operator or not.
//!
//! A try is counted before the password is looked at, under the lock of the name's row, and forgotten again with a
//! success: so no number of tries at once gives anybody more than five guesses.

use chrono::{NaiveDateTime, TimeDelta};

use super::error::AccessError;
use super::store::{self, FailureRow};
use crate::db::{DbError, Tx};
use crate::kernel::{Timestamp, Username};
use crate::token::hex_digest;

/// Failures that lock a name.
const TRIES: i64 = 5;
/// How long the lock of the last of these is; each further failure doubles it.
const FIRST_LOCK: TimeDelta = TimeDelta::minutes(1);
/// How long a lock is at most.
const LONGEST_LOCK: TimeDelta = TimeDelta::hours(1);
/// How long after the latest one failures are forgotten.
pub(super) const REMEMBERED: TimeDelta = TimeDelta::hours(24);

/// What a name is kept as: nobody's list of names is made of tries.
pub(super) fn digest(username: &Username) -> String {
    hex_digest(username.as_str().as_bytes())
}

/// How long so many failures lock.
fn lock_after(failures: i64) -> Option<TimeDelta> {
    let further = u32::try_from((failures - TRIES).min(6)).ok()?;
    // Past 6 doublings the longest is reached.
    Some((FIRST_LOCK * 2_i32.pow(further)).min(LONGEST_LOCK))
}

fn refuse_locked(locked_until: Option<NaiveDateTime>, now: Timestamp) -> Result<(), AccessError> {
    let left = locked_until.map(|until| Timestamp::from_naive_utc(until).since(now));
    match left.filter(|left| *left > TimeDelta::zero()) {
        Some(left) => {
            let seconds = left.num_milliseconds().saturating_add(999) / 1000;
            Err(AccessError::LoginLocked { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) })
        }
        None => Ok(()),
    }
}

/// Refuses a name that is locked.
pub(super) fn check(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<(), AccessError> {
    let locked_until = store::failures(tx, digest)?.and_then(|row| row.locked_until);
    refuse_locked(locked_until, now)
}

/// Counts a try as failed, unless the name is locked.
pub(super) fn count_try(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<(), AccessError> {
    let row = store::lock_failures(tx, digest, now)?.ok_or(DbError::NoAnswer)?;
    refuse_locked(row.locked_until, now)?;
    let is_forgotten = now.since(Timestamp::from_naive_utc(row.failed_at)) > REMEMBERED;
    let failures = if is_forgotten { 1 } else { row.failures.saturating_add(1) };
    let locked_until = lock_after(failures).map(|lock| now.plus(lock).naive_utc());
    let row = FailureRow { failures, locked_until, failed_at: now.naive_utc() };
    Ok(store::set_failures(tx, digest, &row)?)
}

/// Forgets the tries with a name.
pub(super) fn forget_tries(tx: &mut Tx, digest: &str) -> Result<(), AccessError> {
    Ok(store::clear_failures(tx, digest)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_lock_for_a_minute_and_each_further_one_twice_as_long_up_to_an_hour() {
        let minutes = |failures| lock_after(failures).map(|lock| lock.num_minutes());
        assert_eq!([0, 1, 4].map(minutes), [None; 3]);
        let locks = [5, 6, 7, 8, 9, 10, 11, 12, 1000, i64::MAX].map(minutes);
        assert_eq!(locks, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map(Some));
    }
}
