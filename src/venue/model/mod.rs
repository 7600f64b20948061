//! What is sent to and answered by the venue routes.

mod history;
mod reverse;
mod scan;
mod venues;

use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::catalog::CatalogView;
use crate::db::{Db, DbError};
use crate::http::Room;
use crate::kernel::Clock;
use crate::redemption::Gate;
use crate::token::Tokens;

pub(super) use history::HistoryQuery;
pub(super) use reverse::{ReversalBody, ReverseBody};
pub(super) use scan::{ParsedScan, RejectBody, ScanBody, SuccessBody};
pub(super) use venues::{VenueEntry, VenueList, VenueListQuery};

/// Characters of a reason for undoing at most.
const MAX_REASON: usize = 200;

/// What the venue routes need.
#[derive(Clone, Debug)]
pub struct VenueState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Products and venues.
    pub catalog: Arc<CatalogView>,
    /// Opening.
    pub tokens: Arc<Tokens>,
    /// Where scans are redeemed.
    pub gate: Arc<Gate>,
    /// How long after a redemption it can be undone.
    pub undo_window: TimeDelta,
    /// Whose days dates without time mean.
    pub timezone: Tz,
}

impl Room for VenueState {
    fn ask_for_room(&self) -> Result<(), DbError> {
        self.gate.ask_for_room()
    }
}
