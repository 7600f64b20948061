//! The gate: scans go into the database's batch lane, and come out as verdicts.

use super::model::{Scan, Verdict};
use super::redeem::redeem;
use crate::db::{Db, DbError, Lane, LaneStats, LaneWork, Mode, QueueStats, Tx};
use crate::kernel::Clock;

struct RedeemScans {
    clock: Clock,
}

impl LaneWork for RedeemScans {
    type Command = Scan;
    type Answer = Verdict;

    const MODE: Mode = Mode::Write;

    fn key<'c>(&self, scan: &'c Scan) -> Option<&'c str> {
        Some(scan.ticket_code().as_str())
    }

    fn run(&self, tx: &mut Tx, scans: &[Scan]) -> Result<Vec<Verdict>, DbError> {
        redeem(tx, scans, self.clock.now())
    }
}

/// See the module.
#[derive(Debug)]
pub struct Gate {
    lane: Lane<RedeemScans>,
}

impl Gate {
    /// Opens the gate on a database.
    #[must_use]
    pub fn open(db: &Db, clock: Clock) -> Self {
        Self { lane: db.lane(RedeemScans { clock }) }
    }

    /// Redeems a scan; its verdict is stored before it is told.
    ///
    /// # Errors
    /// [`DbError::Busy`] at once when too many wait; else the database's.
    pub async fn redeem(&self, scan: Scan) -> Result<Verdict, DbError> {
        self.lane.submit(scan).await
    }

    /// Asks for room for one more scan, before anything is spent on it.
    ///
    /// # Errors
    /// [`DbError::Busy`] when too many wait.
    pub fn ask_for_room(&self) -> Result<(), DbError> {
        self.lane.ask_for_room()
    }

    /// How many scans wait, and what the lane has done.
    #[must_use]
    pub fn stats(&self) -> (QueueStats, LaneStats) {
        (self.lane.queue_stats(), self.lane.stats())
    }
}
