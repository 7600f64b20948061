//! What is sent to the routes of administration.

mod audit;
mod functions;
mod key;
mod operators;
mod paging;
mod partner;
mod permissions;
mod privacy;
mod products;
mod rate_limits;
mod terminals;
mod venues;

use chrono_tz::Tz;

use crate::access::AccessState;
use crate::kernel::Currency;

pub(super) use audit::AuditQuery;
pub(super) use key::{KeyChangeBody, KeyQuery, NewKeyBody, RotationBody};
pub(super) use operators::{NewOperatorBody, OperatorChangeBody};
pub(super) use paging::PageQuery;
pub(super) use partner::{NewPartnerBody, PartnerChangeBody};
pub(super) use privacy::{EraseBody, ErasedBody, Erasure};
pub(super) use products::{NewProductBody, ProductChangeBody};
pub(super) use rate_limits::RateLimitsBody;
pub(super) use terminals::{
    NewTerminalBody, PairingCodeBody, SetUpTerminalBody, TerminalChangeBody,
};
pub(super) use venues::{NewVenueBody, VenueChangeBody};

/// Characters of a name for people at most.
const MAX_NAME: usize = 200;
/// Characters of other short texts at most.
const MAX_SHORT: usize = 100;

/// What the routes of administration need.
#[derive(Clone, Debug)]
pub struct AdminState {
    /// The database, the clock, and who was let in lately.
    pub access: AccessState,
    /// Whose days dates without time mean.
    pub timezone: Tz,
    /// Of prices that name none.
    pub currency: Currency,
}
