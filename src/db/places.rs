//! The places of a line: how many are taken, how many of these by answers that were told, and for how long none was told.

use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::desk::lock;
use crate::kernel::Stopwatch;

/// What became of the places.
#[derive(Debug)]
struct Progress {
    /// Answers that were told and not taken so far.
    told: usize,
    /// When the last told answer was taken or, where nobody waited then, the next place.
    since: Stopwatch,
    /// The longest time for which somebody waited for the database and no answer was told, since this was asked for last.
    stood_still: Duration,
}

impl Progress {
    /// For how long no answer is told; while one waits for its taker, it is not the database that stands still.
    fn standing_still(&self) -> Duration {
        if self.told == 0 { self.since.elapsed() } else { Duration::ZERO }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Places {
    taken: AtomicUsize,
    progress: Mutex<Progress>,
    none_told: Condvar,
}

impl Places {
    pub(super) fn new() -> Self {
        let progress = Progress { told: 0, since: Stopwatch::start(), stood_still: Duration::ZERO };
        Self {
            taken: AtomicUsize::new(0),
            progress: Mutex::new(progress),
            none_told: Condvar::new(),
        }
    }

    /// How many are taken.
    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Waits until every answer that was told is taken, and says whether it is.
    pub(super) fn wait_for_takers(&self, at_most: Duration) -> bool {
        let progress = lock(&self.progress);
        let waited =
            self.none_told.wait_timeout_while(progress, at_most, |progress| progress.told > 0);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// The longest time since the latest call for which somebody waited for the database and no answer was told.
    pub(super) fn stood_still(&self) -> Duration {
        let mut progress = lock(&self.progress);
        let before = mem::take(&mut progress.stood_still);
        if self.taken() > 0 { before.max(progress.standing_still()) } else { before }
    }
}

/// A place, which is free again once this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    among: Arc<Places>,
    is_told: bool,
}

impl Place {
    pub(super) fn take(places: &Arc<Places>) -> Self {
        if places.taken.fetch_add(1, Ordering::Relaxed) == 0 {
            lock(&places.progress).since = Stopwatch::start();
        }
        Self { among: Arc::clone(places), is_told: false }
    }

    /// The place of an answer that is told with it.
    pub(super) fn told(mut self) -> Self {
        self.is_told = true;
        let mut progress = lock(&self.among.progress);
        progress.stood_still = progress.stood_still.max(progress.standing_still());
        progress.told += 1;
        drop(progress);
        self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.among.taken.fetch_sub(1, Ordering::Relaxed);
        if self.is_told {
            let mut progress = lock(&self.among.progress);
            progress.told -= 1;
            if progress.told == 0 {
                progress.since = Stopwatch::start();
                self.among.none_told.notify_all();
            }
        }
    }
}

/// Lets so much time go by.
#[cfg(test)]
pub(super) fn spend(span: Duration) {
    let since = Stopwatch::start();
    while since.elapsed() < span {
        std::hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;
    const SPAN: Duration = Duration::from_millis(2);

    fn places(count: usize) -> (Arc<Places>, Vec<Place>) {
        let places = Arc::new(Places::new());
        let taken = (0..count).map(|_| Place::take(&places)).collect();
        (places, taken)
    }

    #[test]
    fn a_place_is_taken_until_it_is_dropped() {
        let (places, mut taken) = places(3);
        assert_eq!(places.taken(), 3);
        let told = taken.pop().unwrap().told();
        assert_eq!(places.taken(), 3);
        drop((told, taken));
        assert_eq!(places.taken(), 0);
    }

    #[test]
    fn takers_are_waited_for_until_no_told_answer_is_left() {
        let (places, taken) = places(2);
        assert!(places.wait_for_takers(AT_ONCE), "no answer was told");
        let told: Vec<Place> = taken.into_iter().map(Place::told).collect();
        assert!(!places.wait_for_takers(AT_ONCE));
        let waiting = std::thread::spawn(move || places.wait_for_takers(Duration::MAX));
        drop(told);
        assert!(waiting.join().unwrap());
    }

    #[test]
    fn the_longest_time_without_an_answer_is_told_once() {
        let (places, mut taken) = places(2);
        spend(SPAN);
        assert!(places.stood_still() >= SPAN, "it still stands");
        let since = Stopwatch::start();
        let told = taken.pop().unwrap().told();
        assert!(places.stood_still() >= SPAN, "until then it stood");
        assert!(places.stood_still() <= since.elapsed(), "it goes again");
        drop((told, taken));
        assert_eq!(places.stood_still(), AT_ONCE, "nobody waits");
    }

    #[test]
    fn an_answer_that_waits_for_its_taker_is_no_standstill() {
        let (places, mut taken) = places(2);
        let told = taken.pop().unwrap().told();
        places.stood_still();
        spend(SPAN);
        assert_eq!(places.stood_still(), AT_ONCE);
        let since = Stopwatch::start();
        drop(told);
        assert!(places.stood_still() <= since.elapsed(), "it counts from when that was taken");
    }

    #[test]
    fn while_nobody_waits_nothing_stands_still() {
        let (places, taken) = places(1);
        drop(taken);
        spend(SPAN);
        let since = Stopwatch::start();
        let _first = Place::take(&places);
        assert!(places.stood_still() <= since.elapsed());
    }
}
