//! The line in front of a thread of the lane: bounded, and shorter for a crowd that stays.
//!
//! A crowd that comes at once is taken on whole, as far as there are places. Where more comes all the time than can be
//! done, places only make those who got one wait, and as many are sent away with many places as with few. So once each
//! batch was full and has left another one behind for a while, only a quarter of the places is given.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use super::desk::QueueStats;
use super::error::DbError;
use crate::kernel::Stopwatch;

/// From when on a crowd is one that stays.
const STAYS: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Debug)]
pub(super) struct Line<T> {
    waiting: VecDeque<T>,
    batch: usize,
    places: usize,
    stays: Duration,
    /// Since when each batch was full and has left another one behind.
    crowded: Option<Stopwatch>,
}

impl<T> Line<T> {
    /// A line that is taken from in batches of this size, with so many places.
    pub(super) fn new(batch: usize, places: usize) -> Self {
        Self { waiting: VecDeque::new(), batch, places, stays: STAYS, crowded: None }
    }

    /// How many wait, and how many may wait now.
    pub(super) fn stats(&self) -> QueueStats {
        let stays = self.crowded.is_some_and(|since| since.elapsed() >= self.stays);
        let few = (self.places / 4).max(self.batch).min(self.places);
        let capacity = if stays { few } else { self.places };
        QueueStats { waiting: self.waiting.len(), capacity }
    }

    /// Takes a place, if there is one.
    pub(super) fn push(&mut self, entry: T) -> Result<(), DbError> {
        self.stats().ask_for_room()?;
        self.waiting.push_back(entry);
        Ok(())
    }

    /// The next batch in its order; one whose key is in it already stays for the next, one without a key never.
    pub(super) fn take_batch(&mut self, key: impl Fn(&T) -> Option<&str>) -> Vec<T> {
        let (mut keys, mut stay) = (HashSet::new(), VecDeque::new());
        let mut batch = Vec::new();
        while batch.len() < self.batch
            && let Some(entry) = self.waiting.pop_front()
        {
            if key(&entry).is_none_or(|key| keys.insert(key.to_owned())) {
                batch.push(entry);
            } else {
                stay.push_back(entry);
            }
        }
        stay.append(&mut self.waiting);
        self.waiting = stay;
        // A batch that is not full left behind only keys of its own: many of one key are no crowd.
        let is_crowded = batch.len() == self.batch && self.waiting.len() >= self.batch;
        self.crowded = is_crowded.then(|| self.crowded.unwrap_or_else(Stopwatch::start));
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of the numbers from 1 to `count`, for batches of 2, with 12 places, and this patience with a crowd.
    fn line(stays: Duration, count: usize) -> Line<String> {
        let mut line = Line { stays, ..Line::new(2, 12) };
        (1..=count).for_each(|number| line.push(number.to_string()).unwrap());
        line
    }

    fn places(line: &Line<String>) -> usize {
        line.stats().capacity
    }

    fn take(line: &mut Line<String>) -> Vec<String> {
        line.take_batch(|key| Some(key))
    }

    #[test]
    fn a_crowd_that_comes_at_once_gets_every_place() {
        let mut line = line(Duration::MAX, 12);
        assert!(matches!(line.push("13".to_owned()), Err(DbError::Busy)));
        assert_eq!(take(&mut line), ["1", "2"]);
        assert_eq!(line.stats(), QueueStats { waiting: 10, capacity: 12 });
    }

    #[test]
    fn a_crowd_that_stays_gets_a_quarter_of_the_places_until_it_has_gone() {
        let mut line = line(Duration::ZERO, 6);
        assert_eq!(places(&line), 12, "nothing was left behind so far");
        assert_eq!(take(&mut line), ["1", "2"]);
        assert_eq!(line.stats(), QueueStats { waiting: 4, capacity: 3 });
        assert!(matches!(line.push("7".to_owned()), Err(DbError::Busy)));
        assert_eq!(take(&mut line), ["3", "4"]);
        line.push("7".to_owned()).unwrap();
        assert_eq!(take(&mut line), ["5", "6"]);
        assert_eq!(
            line.stats(),
            QueueStats { waiting: 1, capacity: 12 },
            "less than a batch waits"
        );
    }

    #[test]
    fn a_crowd_that_stays_gets_a_batch_at_least_and_no_more_than_there_are_places() {
        let crowded = |batch, places| {
            let crowded = Some(Stopwatch::start());
            Line::<String> { stays: Duration::ZERO, crowded, ..Line::new(batch, places) }
        };
        assert_eq!(places(&crowded(64, 100)), 64);
        assert_eq!(places(&crowded(64, 10)), 10);
    }

    #[test]
    fn many_of_one_key_are_no_crowd() {
        let mut line = line(Duration::ZERO, 0);
        for _ in 0..6 {
            line.push("the same".to_owned()).unwrap();
        }
        assert_eq!(take(&mut line), ["the same"]);
        assert_eq!(line.stats(), QueueStats { waiting: 5, capacity: 12 });
    }

    #[test]
    fn those_without_a_key_go_together() {
        let mut line = Line::new(3, 12);
        for entry in ["a", "a", "a", "a"] {
            line.push(entry.to_owned()).unwrap();
        }
        assert_eq!(line.take_batch(|_| None), ["a", "a", "a"]);
    }

    #[test]
    fn one_whose_key_is_in_the_batch_stays_for_the_next() {
        let mut line = Line::new(2, 12);
        for key in ["a", "a", "b", "c"] {
            line.push(key.to_owned()).unwrap();
        }
        assert_eq!(take(&mut line), ["a", "b"]);
        assert_eq!(take(&mut line), ["a", "c"]);
    }
}
