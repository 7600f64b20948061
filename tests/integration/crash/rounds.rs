//! How often a scenario is played, and the dice that say at which moments things happen in it.

use std::time::Duration;

use ticketgate::kernel::{Stopwatch, random_bytes};

use crate::support::records::soak_seconds;

/// Numbers that look random and follow from a seed, which is printed where the test fails.
pub struct Dice {
    seed: u64,
    state: u64,
}

#[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
fn given_seed() -> Option<u64> {
    std::env::var("CRASH_SEED").ok().map(|text| text.parse().unwrap())
}

impl Dice {
    /// Of the seed in `CRASH_SEED`, else of a new one.
    fn new() -> Self {
        let seed = given_seed().unwrap_or_else(|| u64::from_le_bytes(random_bytes()));
        Self { seed, state: seed }
    }

    /// A number under this one, by `SplitMix64` (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
    pub fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bound = u64::try_from(bound).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % bound).unwrap()
    }

    /// Goes on somewhere within the next two milliseconds, so that a moment is not always right behind an answer.
    pub fn dawdle(&mut self) {
        let time = Duration::from_micros(u64::try_from(self.below(2000)).unwrap());
        let watch = Stopwatch::start();
        while watch.elapsed() < time {
            std::hint::spin_loop();
        }
    }
}

impl Drop for Dice {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the moments of this round come from CRASH_SEED={}", self.seed);
        }
    }
}

/// Plays a scenario once, or again and again for `SOAK_SECONDS`.
pub fn rounds(mut scenario: impl FnMut(&mut Dice)) {
    let time = Duration::from_secs(soak_seconds().unwrap_or(0));
    let watch = Stopwatch::start();
    let mut played = 0;
    while played == 0 || watch.elapsed() < time {
        scenario(&mut Dice::new());
        played += 1;
    }
    println!("rounds: {played}");
}
