//! What is sent to the routes of administration.

mod audit;
mod key;
mod partner;
mod permissions;
mod privacy;
mod rate_limits;

use chrono_tz::Tz;

use crate::db::Db;
use crate::kernel::Clock;

pub(super) use audit::AuditQuery;
pub(super) use key::{KeyChangeBody, KeyQuery, NewKeyBody, RotationBody};
pub(super) use partner::{NewPartnerBody, PartnerChangeBody, PartnerQuery};
pub(super) use privacy::{EraseBody, ErasedBody, Erasure};
pub(super) use rate_limits::RateLimitsBody;

/// What the routes of administration need.
#[derive(Clone, Debug)]
pub struct AdminState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Whose days dates without time mean.
    pub timezone: Tz,
}
