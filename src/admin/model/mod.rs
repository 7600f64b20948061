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
use crate::db::{Db, DbError, Tx};
use crate::kernel::{Clock, Currency};

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
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Hashes operators' passwords, and forgets who was let in when their sessions end.
    pub access: AccessState,
    /// Whose days dates without time mean.
    pub timezone: Tz,
    /// Of prices that name none.
    pub currency: Currency,
}

impl AdminState {
    /// Changes who may come in, in one transaction; here it counts at once, on other servers within a second.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub(super) async fn change_access<T, E>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let changed = self.db.write(work).await?;
        self.access.authenticator.forget();
        Ok(changed)
    }
}
