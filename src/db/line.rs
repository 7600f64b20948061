//! The line in front of a thread of the lane: bounded, and shorter for a crowd that stays.
//!
//! Whoever comes takes a place and has it until the answer was taken: not only who waits for the database is counted, but
//! also who is under way there, waits for the disk, or for a thread that has no time to pass the answer on. Were those not
//! counted, the database's threads would take the processor from the ones that answer, which are the ones behind.
//!
//! A crowd that comes at once is taken on whole, as far as there are places. Where more comes all the time than can be
//! done, places only make those who got one wait, and as many are sent away with many places as with few. So once at
//! each batch for a while somebody had been sent away or three eighths of them were taken, only a few are given, until
//! the crowd has gone. A crowd gathers, too, while the lane stands still, because the disk or a lock is waited for: that
//! one is left the time that it needs to go.
//!
//! A lane may have several lines, and those who come again and again gather in the one whose thread is the slower for a
//! moment, as chance has it. So it is the places in all lines of which three eighths have to be taken, and each line sees a
//! crowd then, unless it has no more than it would leave to one. Were it seen in the fullest only, its thread alone would
//! wait for takers (below), and be the slower for as long as the crowd is there.
//!
//! From the first sight of a crowd, a lane that writes waits before its next batch for the answers told so far to be
//! taken: where that lasts, the threads that take them lack the processor, which the next batch would take from them.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::desk::QueueStats;
use super::error::DbError;
use super::places::{Place, Places};
use crate::kernel::Stopwatch;

/// From when on a crowd is one that stays, where the lane did not stand still.
const STAYS: Duration = Duration::from_millis(100);
/// The most that is added to this for a lane that stood still.
const MOST_ADDED: Duration = Duration::from_secs(2);
/// From when on it is one that has gone.
const HAS_GONE: Duration = Duration::from_millis(500);

/// Whether a crowd stays that was seen for so long, where the lane stood still for so long at once: who had to wait
/// meanwhile has gone after as long again where half of what the lane can do comes, and after twice as long where two
/// thirds of it do.
fn stays(seen: Duration, stood_still: Duration) -> bool {
    seen >= STAYS + (2 * stood_still).min(MOST_ADDED)
}

/// A crowd: when it was seen for the first and for the last time, and whether it stays.
#[derive(Clone, Copy, Debug)]
struct Crowd {
    first: Stopwatch,
    last: Stopwatch,
    /// The longest time for which the lane stood still before it or since.
    stood_still: Duration,
    stays: bool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Line<T> {
    waiting: VecDeque<(T, Place)>,
    places: Arc<Places>,
    /// The places of all lines of the lane.
    of_all: Arc<[Arc<Places>]>,
    batch: usize,
    capacity: usize,
    /// One place of so many is a crowd's.
    one_of: usize,
    stays: fn(Duration, Duration) -> bool,
    has_gone: Duration,
    crowd: Option<Crowd>,
    /// Somebody was sent away since the latest batch.
    has_refused: bool,
}

impl<T> Line<T> {
    /// The lines of a lane, which are taken from in batches of this size, with so many places in each, and one of
    /// `one_of` for a crowd that stays.
    pub(super) fn several(count: usize, batch: usize, capacity: usize, one_of: usize) -> Vec<Self> {
        let of_all: Arc<[_]> = (0..count).map(|_| Arc::new(Places::new())).collect();
        let line = |places: &Arc<Places>| Self {
            waiting: VecDeque::new(),
            places: Arc::clone(places),
            of_all: Arc::clone(&of_all),
            batch,
            capacity,
            one_of,
            stays,
            has_gone: HAS_GONE,
            crowd: None,
            has_refused: false,
        };
        of_all.iter().map(line).collect()
    }

    /// Whether a batch can be taken.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How many places are taken, and how many there are now.
    pub(super) fn stats(&self) -> QueueStats {
        let capacity = if self.is_crowded() { self.for_a_crowd() } else { self.capacity };
        QueueStats { waiting: self.taken(), capacity }
    }

    fn taken(&self) -> usize {
        self.places.taken()
    }

    /// The places, where a crowd was seen.
    pub(super) fn places_of_a_crowd(&self) -> Option<Arc<Places>> {
        self.crowd_of_late().map(|_| Arc::clone(&self.places))
    }

    /// The places for a crowd: in all lines together a batch at least.
    fn for_a_crowd(&self) -> usize {
        let of_a_batch = self.batch.div_ceil(self.of_all.len());
        (self.capacity / self.one_of).max(of_a_batch).min(self.capacity)
    }

    /// Asks whether there is a place.
    pub(super) fn ask_for_room(&mut self) -> Result<(), DbError> {
        self.stats().ask_for_room().inspect_err(|_| self.has_refused = true)
    }

    /// Takes a place, if there is one.
    pub(super) fn push(&mut self, entry: T) -> Result<(), DbError> {
        self.ask_for_room()?;
        self.waiting.push_back((entry, Place::take(&self.places)));
        Ok(())
    }

    /// The next batch in its order; one whose key is in it already stays for the next, one without a key never.
    pub(super) fn take_batch(&mut self, key: impl Fn(&T) -> Option<&str>) -> Vec<(T, Place)> {
        self.look_for_a_crowd();
        let (mut keys, mut stay) = (HashSet::new(), VecDeque::new());
        let mut batch = Vec::new();
        while batch.len() < self.batch
            && let Some(entry) = self.waiting.pop_front()
        {
            if key(&entry.0).is_none_or(|key| keys.insert(key.to_owned())) {
                batch.push(entry);
            } else {
                stay.push_back(entry);
            }
        }
        stay.append(&mut self.waiting);
        self.waiting = stay;
        batch
    }

    fn is_crowded(&self) -> bool {
        self.crowd_of_late().is_some_and(|crowd| crowd.stays)
    }

    /// The crowd, unless it has gone.
    fn crowd_of_late(&self) -> Option<Crowd> {
        self.crowd.filter(|crowd| crowd.last.elapsed() < self.has_gone)
    }

    /// Whether three eighths of the places in all lines are taken, and in this one more than a crowd gets.
    fn are_many(&self) -> bool {
        let in_all: usize = self.of_all.iter().map(|places| places.taken()).sum();
        in_all >= (self.of_all.len() * self.capacity * 3).div_ceil(8)
            && self.taken() > self.for_a_crowd()
    }

    fn look_for_a_crowd(&mut self) {
        let is_there = std::mem::take(&mut self.has_refused) || self.are_many();
        let stood_still = self.places.stood_still();
        let before = self.crowd_of_late();
        self.crowd = if is_there {
            let last = Stopwatch::start();
            let new = Crowd { first: last, last, stood_still, stays: false };
            let Crowd { first, stood_still: earlier, stays, .. } = before.unwrap_or(new);
            let stood_still = stood_still.max(earlier);
            let stays = stays || (self.stays)(first.elapsed(), stood_still);
            Some(Crowd { first, last, stood_still, stays })
        } else {
            // One that stays may not be seen for a moment.
            before.filter(|crowd| crowd.stays)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::super::places::spend;
    use super::*;

    type Stays = fn(Duration, Duration) -> bool;

    const EVERYBODY: Stays = |_, _| true;
    const NOBODY: Stays = |_, _| false;
    const AT_ONCE: Duration = Duration::ZERO;
    const NEVER: Duration = Duration::MAX;
    const SPAN: Duration = Duration::from_millis(2);

    fn alone<T>(batch: usize, places: usize) -> Line<T> {
        Line::several(1, batch, places, 16).remove(0)
    }

    /// A line of the numbers from 1 to `count`, for batches of 2, with 24 places: from when on a crowd stays, and has gone.
    fn line((stays, has_gone): (Stays, Duration), count: usize) -> Line<String> {
        let mut line = Line { stays, has_gone, ..alone(2, 24) };
        fill(&mut line, count);
        line
    }

    /// Lines in which every crowd stays, and never goes.
    fn crowded(count: usize, batch: usize, places: usize, one_of: usize) -> Vec<Line<String>> {
        let mut lines = Line::several(count, batch, places, one_of);
        for line in &mut lines {
            (line.stays, line.has_gone) = (EVERYBODY, NEVER);
        }
        lines
    }

    /// Pushes the numbers from 1 to `count`.
    fn fill(line: &mut Line<String>, count: usize) {
        (1..=count).for_each(|number| line.push(number.to_string()).unwrap());
    }

    fn stats(line: &Line<String>) -> (usize, usize) {
        let QueueStats { waiting, capacity } = line.stats();
        (waiting, capacity)
    }

    fn take(line: &mut Line<String>) -> Vec<(String, Place)> {
        line.take_batch(|key| Some(key))
    }

    fn take_texts(line: &mut Line<String>) -> Vec<String> {
        take(line).into_iter().map(|(text, _)| text).collect()
    }

    fn is_full(line: &mut Line<String>) -> bool {
        matches!(line.push("one more".to_owned()), Err(DbError::Busy))
    }

    #[test]
    fn a_place_is_taken_until_the_answer_was() {
        let mut line = line((NOBODY, NEVER), 24);
        let under_way = take(&mut line);
        assert!(is_full(&mut line));
        assert_eq!(stats(&line), (24, 24));
        drop(under_way);
        assert_eq!(stats(&line), (22, 24));
        line.push("25".to_owned()).unwrap();
        drop(line.waiting.drain(..));
        assert_eq!(stats(&line), (0, 24));
    }

    #[test]
    fn a_crowd_that_comes_at_once_gets_every_place() {
        let mut line = line((NOBODY, NEVER), 24);
        assert!(is_full(&mut line));
        assert_eq!(take_texts(&mut line), ["1", "2"]);
        assert_eq!(stats(&line), (22, 24));
    }

    #[test]
    fn a_crowd_that_stays_gets_few_of_the_places() {
        let mut line = line((EVERYBODY, NEVER), 10);
        assert_eq!(stats(&line), (10, 24), "it was not seen so far");
        assert_eq!(take_texts(&mut line), ["1", "2"]);
        assert_eq!(stats(&line), (8, 2));
        assert_eq!(take_texts(&mut line), ["3", "4"]);
        assert_eq!(stats(&line), (6, 2), "not seen for a moment it has not gone");
    }

    #[test]
    fn fewer_than_three_eighths_are_no_crowd() {
        let mut line = line((EVERYBODY, NEVER), 8);
        assert_eq!(take_texts(&mut line), ["1", "2"]);
        assert_eq!(stats(&line), (6, 24));
    }

    #[test]
    fn a_crowd_is_told_by_the_places_in_all_lines() {
        let mut lines = crowded(2, 2, 24, 16);
        let [line, other] = lines.as_mut_slice() else { panic!("two lines") };
        fill(line, 16);
        fill(other, 1);
        drop(take(line));
        assert_eq!(stats(line), (14, 24), "17 were there, and 18 of 48 places are three eighths");
        fill(other, 3);
        drop(take(other));
        assert_eq!(stats(other), (2, 1), "18 were there, few of them in this line");
        drop(take(line));
        assert_eq!(stats(line), (12, 24), "16 were there");
    }

    #[test]
    fn a_line_with_few_is_left_its_places_beside_one_that_is_full() {
        let mut lines = crowded(2, 2, 24, 16);
        let [line, other] = lines.as_mut_slice() else { panic!("two lines") };
        fill(line, 24);
        fill(other, 1);
        drop(take(other));
        assert_eq!(stats(other), (0, 24));
    }

    #[test]
    fn those_who_are_sent_away_are_a_crowd() {
        let mut line = line((EVERYBODY, NEVER), 24);
        assert!(is_full(&mut line));
        drop(line.waiting.drain(1..));
        assert_eq!(take_texts(&mut line), ["1"]);
        assert_eq!(stats(&line), (0, 2));
    }

    #[test]
    fn a_crowd_that_has_gone_leaves_every_place_to_the_next() {
        let mut line = line((EVERYBODY, AT_ONCE), 10);
        assert_eq!(take_texts(&mut line), ["1", "2"]);
        assert_eq!(stats(&line), (8, 24));
        line.has_gone = NEVER;
        assert_eq!(stats(&line), (8, 2), "it had been one");
    }

    #[test]
    fn a_crowd_that_is_seen_now_and_then_does_not_stay() {
        let mut line = line((NOBODY, NEVER), 10);
        drop(take(&mut line));
        assert!(line.crowd.is_some());
        drop(take(&mut line));
        assert!(line.crowd.is_none(), "only eight were there");
    }

    #[test]
    fn a_crowd_that_stays_gets_its_share_and_a_batch_in_all_lines_at_least() {
        let places_of = |(count, batch, places, one_of)| {
            let mut lines = crowded(count, batch, places, one_of);
            for line in &mut lines {
                fill(line, places);
            }
            drop(take(&mut lines[0]));
            stats(&lines[0]).1
        };
        assert_eq!(places_of((1, 64, 2048, 16)), 128);
        assert_eq!(places_of((1, 64, 2048, 8)), 256);
        assert_eq!(places_of((1, 64, 1000, 16)), 64);
        assert_eq!(places_of((1, 64, 100, 16)), 64);
        assert_eq!(places_of((2, 64, 500, 16)), 32);
        assert_eq!(places_of((1, 64, 10, 16)), 10);
    }

    #[test]
    fn who_tells_a_crowd_waits_for_its_takers() {
        let mut line = line((NOBODY, NEVER), 10);
        assert!(line.places_of_a_crowd().is_none(), "it was not seen so far");
        let batch = take(&mut line);
        assert_eq!(stats(&line).1, 24, "it may not stay");
        let places = line.places_of_a_crowd().unwrap();
        drop(batch.into_iter().map(|(_, place)| place.told()).collect::<Vec<_>>());
        assert!(places.wait_for_takers(Duration::ZERO));
    }

    #[test]
    fn a_crowd_behind_a_lane_that_stood_still_has_time_to_go() {
        let millis = Duration::from_millis;
        assert!(!stays(millis(99), millis(0)) && stays(millis(100), millis(0)));
        assert!(!stays(millis(699), millis(300)) && stays(millis(700), millis(300)));
        assert!(!stays(millis(2099), millis(5000)) && stays(millis(2100), millis(5000)));
    }

    #[test]
    fn that_the_lane_stood_still_is_remembered_as_long_as_the_crowd_is_there() {
        let mut line = line((NOBODY, NEVER), 14);
        spend(SPAN);
        let told: Vec<Place> = take(&mut line).into_iter().map(|(_, place)| place.told()).collect();
        assert!(line.places.stood_still() >= SPAN);
        line.stays = |_, stood_still| stood_still >= SPAN;
        assert_eq!(take_texts(&mut line), ["3", "4"]);
        drop(told);
        assert_eq!(stats(&line), (10, 2));
    }

    #[test]
    fn those_without_a_key_go_together() {
        let mut line = alone(3, 12);
        for entry in ["a", "a", "a", "a"] {
            line.push(entry.to_owned()).unwrap();
        }
        assert_eq!(line.take_batch(|_| None).len(), 3);
    }

    #[test]
    fn one_whose_key_is_in_the_batch_stays_for_the_next() {
        let mut line = alone(2, 12);
        for key in ["a", "a", "b", "c"] {
            line.push(key.to_owned()).unwrap();
        }
        assert_eq!(take_texts(&mut line), ["a", "b"]);
        assert_eq!(take_texts(&mut line), ["a", "c"]);
    }
}
