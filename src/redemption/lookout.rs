//! The lookout: looks that arrive while others are under way go together into the next statement.

use super::store::{Sight, sights};
use crate::db::{Db, DbError, Lane, LaneStats, LaneWork, Mode, QueueStats, Tx};
use crate::kernel::{Jti, TicketCode};

struct FindSights;

impl LaneWork for FindSights {
    type Command = (TicketCode, Jti);
    type Answer = Option<Sight>;

    const MODE: Mode = Mode::Read;

    fn key<'c>(&self, _: &'c (TicketCode, Jti)) -> Option<&'c str> {
        None
    }

    fn run(
        &self,
        tx: &mut Tx,
        wanted: &[(TicketCode, Jti)],
    ) -> Result<Vec<Option<Sight>>, DbError> {
        sights(tx, wanted)
    }
}

/// See the module.
#[derive(Debug)]
pub struct Lookout {
    lane: Lane<FindSights>,
}

impl Lookout {
    /// Opens it on a database.
    #[must_use]
    pub fn open(db: &Db) -> Self {
        Self { lane: db.lane(FindSights) }
    }

    /// What there is to see of a ticket and one of its codes.
    pub(super) async fn see(&self, code: TicketCode, jti: Jti) -> Result<Option<Sight>, DbError> {
        self.lane.submit((code, jti)).await
    }

    /// Asks for room for one more look, before anything is spent on it.
    ///
    /// # Errors
    /// [`DbError::Busy`] when too many wait.
    pub fn ask_for_room(&self) -> Result<(), DbError> {
        self.lane.ask_for_room()
    }

    /// How many looks wait, and what the lane has done.
    #[must_use]
    pub fn stats(&self) -> (QueueStats, LaneStats) {
        (self.lane.queue_stats(), self.lane.stats())
    }
}
