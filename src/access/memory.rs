//! Who was let in lately, by what they brought.
//!
//! Comes in: the digest of a key, and later whose it is. Goes out: whose it is, or a question to be answered by a look
//! into the database. A busy key is looked up again while it is still good: whoever comes first does that, and the others
//! do not wait, so that a database that stands still for a moment does not hold up the whole gate at its door.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache;

use super::model::KeyKind;
use crate::kernel::{Clock, Stopwatch, Timestamp};

/// How long an accepted key is taken.
pub(super) const REMEMBERED: Duration = Duration::from_millis(750);
/// From when on one of those who come with it looks it up again. A database that stands still for the rest of the time
/// holds nobody else up; the price is twice as many looks.
const DUE_AFTER: Duration = Duration::from_millis(375);
/// Keys remembered at most.
const MOST_KEYS: usize = 4096;

/// What a key is remembered as.
pub(super) type KeyDigest = (KeyKind, [u8; 32]);

/// A key that was let in, and when it was asked about.
#[derive(Debug)]
struct Entry<T> {
    holder: T,
    /// When it ends by itself.
    expires_at: Option<Timestamp>,
    since: Stopwatch,
    generation: u64,
    /// Somebody is looking it up again.
    is_being_asked: AtomicBool,
}

/// See the module. Only what was accepted is in it, so that whoever tries many keys fills nothing.
#[derive(Debug)]
pub(super) struct Memory<T> {
    entries: Cache<KeyDigest, Arc<Entry<T>>>,
    clock: Clock,
    /// How often everything was forgotten. It is read before the database is asked, and raised after the change is there.
    generation: AtomicU64,
    due_after: Duration,
    remembered: Duration,
}

/// A key that has to be looked up. Where it is known meanwhile, the next is asked to once this is dropped.
#[derive(Debug)]
pub(super) struct Question<T> {
    digest: KeyDigest,
    since: Stopwatch,
    generation: u64,
    /// What is known meanwhile, to the others.
    known: Option<Arc<Entry<T>>>,
}

impl<T> Drop for Question<T> {
    fn drop(&mut self) {
        if let Some(known) = &self.known {
            known.is_being_asked.store(false, Ordering::Relaxed);
        }
    }
}

impl<T: Clone> Memory<T> {
    pub(super) fn new(clock: Clock) -> Self {
        let entries = Cache::new(MOST_KEYS);
        Self {
            entries,
            clock,
            generation: AtomicU64::new(0),
            due_after: DUE_AFTER,
            remembered: REMEMBERED,
        }
    }

    /// Forgets everybody, also whom a look that is under way will find.
    pub(super) fn forget(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.entries.clear();
    }

    fn is_good(&self, entry: &Entry<T>) -> bool {
        entry.generation == self.generation.load(Ordering::Acquire)
            && entry.since.elapsed() < self.remembered
            && entry.expires_at.is_none_or(|at| at > self.clock.now())
    }

    /// Whose the key is.
    ///
    /// # Errors
    /// The caller's question, where that is not known or it is the caller's turn to look.
    pub(super) fn recall(&self, digest: KeyDigest) -> Result<T, Question<T>> {
        let known = self.entries.get(&digest).filter(|entry| self.is_good(entry));
        if let Some(entry) = &known
            && (entry.since.elapsed() < self.due_after
                || entry.is_being_asked.swap(true, Ordering::Relaxed))
        {
            return Ok(entry.holder.clone());
        }
        let generation = self.generation.load(Ordering::Acquire);
        Err(Question { digest, since: Stopwatch::start(), generation, known })
    }

    /// Whose the key still is, by what is known, where there was no answer.
    pub(super) fn unanswered(&self, question: &Question<T>) -> Option<T> {
        let known = question.known.as_ref().filter(|entry| self.is_good(entry));
        known.map(|entry| entry.holder.clone())
    }

    /// Notes whose the key is that was asked about.
    pub(super) fn accept(&self, question: &Question<T>, holder: T, expires_at: Option<Timestamp>) {
        let Question { digest, since, generation, .. } = *question;
        let is_being_asked = AtomicBool::new(false);
        self.entries.insert(
            digest,
            Arc::new(Entry { holder, expires_at, since, generation, is_being_asked }),
        );
    }

    /// Forgets the key that was asked about: it is nobody's any more.
    pub(super) fn refuse(&self, question: &Question<T>) {
        self.entries.remove(&question.digest);
    }
}

#[cfg(test)]
impl<T: Clone> Memory<T> {
    /// One in which every key is due at once.
    pub(super) fn always_due(clock: Clock) -> Self {
        Self { due_after: Duration::ZERO, remembered: Duration::MAX, ..Self::new(clock) }
    }

    /// How many keys are remembered.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::kernel::ManualClock;

    const KEY: KeyDigest = (KeyKind::Terminal, [7; 32]);

    fn memory((due_after, remembered): (Duration, Duration)) -> Memory<&'static str> {
        Memory { due_after, remembered, ..Memory::new(Clock::System) }
    }

    fn ask(memory: &Memory<&'static str>) -> Question<&'static str> {
        memory.recall(KEY).expect_err("a question")
    }

    #[test]
    fn a_key_is_looked_up_once_and_remembered() {
        let memory = memory((Duration::MAX, Duration::MAX));
        memory.accept(&ask(&memory), "pier-1", None);
        assert_eq!(memory.recall(KEY).unwrap(), "pier-1");
        assert_eq!(memory.recall(KEY).unwrap(), "pier-1");
        assert!(memory.recall((KeyKind::Partner, KEY.1)).is_err(), "another kind");
    }

    #[test]
    fn one_looks_up_again_what_is_due_and_the_others_do_not_wait() {
        let memory = memory((Duration::ZERO, Duration::MAX));
        memory.accept(&ask(&memory), "pier-1", None);
        let question = ask(&memory);
        assert_eq!(memory.recall(KEY).unwrap(), "pier-1");
        memory.accept(&question, "pier-2", None);
        let next = ask(&memory);
        drop(question);
        assert_eq!(memory.recall(KEY).unwrap(), "pier-2", "the next has been asked");
        drop(next);
        drop(ask(&memory));
        drop(ask(&memory));
    }

    #[test]
    fn what_is_too_old_is_looked_up_by_everybody() {
        let memory = memory((Duration::ZERO, Duration::ZERO));
        memory.accept(&ask(&memory), "pier-1", None);
        let _first = ask(&memory);
        let _second = ask(&memory);
    }

    #[test]
    fn a_question_without_an_answer_leaves_what_is_known() {
        let memory = memory((Duration::ZERO, Duration::MAX));
        let question = ask(&memory);
        assert_eq!(memory.unanswered(&question), None);
        memory.accept(&question, "pier-1", None);
        let question = ask(&memory);
        assert_eq!(memory.unanswered(&question), Some("pier-1"));
        memory.forget();
        assert_eq!(memory.unanswered(&question), None);
    }

    #[test]
    fn a_key_that_is_refused_is_forgotten_at_once() {
        let memory = memory((Duration::ZERO, Duration::MAX));
        memory.accept(&ask(&memory), "pier-1", None);
        let question = ask(&memory);
        memory.refuse(&question);
        let _other = ask(&memory);
        assert_eq!(memory.len(), 0);
    }

    #[test]
    fn what_was_seen_before_everybody_was_forgotten_does_not_count() {
        let memory = memory((Duration::MAX, Duration::MAX));
        memory.accept(&ask(&memory), "pier-1", None);
        memory.forget();
        let seen_before = ask(&memory);
        memory.forget();
        memory.accept(&seen_before, "pier-1", None);
        memory.accept(&ask(&memory), "pier-2", None);
        assert_eq!(memory.recall(KEY).unwrap(), "pier-2");
    }

    #[test]
    fn a_key_that_ends_by_itself_is_not_taken_later() {
        let clock = ManualClock::at(Clock::System.now());
        let hour = TimeDelta::hours(1);
        let memory = Memory {
            clock: Clock::Manual(clock.clone()),
            ..memory((Duration::MAX, Duration::MAX))
        };
        memory.accept(&ask(&memory), "pier-1", Some(memory.clock.now().plus(hour)));
        assert_eq!(memory.recall(KEY).unwrap(), "pier-1");
        clock.advance(hour);
        let _question = ask(&memory);
    }
}
