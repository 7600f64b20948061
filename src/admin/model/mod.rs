//! What is sent to the routes of administration.

mod audit;
mod operators;

use chrono_tz::Tz;

use crate::access::OperatorState;
use crate::db::Db;
use crate::kernel::Clock;

pub(super) use audit::AuditQuery;
pub(super) use operators::{NewOperatorBody, OperatorChangeBody, OperatorQuery};

/// Characters of a name for people at most.
const MAX_NAME: usize = 200;

/// What the routes of administration need.
#[derive(Clone, Debug)]
pub struct AdminState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Hashes operators' passwords, and forgets who was let in when their sessions end.
    pub operators: OperatorState,
    /// Whose days dates without time mean.
    pub timezone: Tz,
}
