//! What those who come in and those who change who may come in share: the database, and who was let in lately.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use tokio::sync::OwnedMutexGuard;

use super::authenticate::Authenticator;
use super::password::Hasher;
use crate::db::{Db, DbError, Tx};
use crate::kernel::Clock;

/// What the routes of this slice and of administration need; clones share it.
#[derive(Clone, Debug)]
pub struct AccessState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Who was let in lately: it forgets them when access changes.
    pub authenticator: Authenticator,
    /// How long a session lasts.
    pub session_length: TimeDelta,
    pub(super) names: Names,
}

impl AccessState {
    /// Sessions of this length.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Clock,
        (hasher, authenticator): (Hasher, Authenticator),
        session_length: TimeDelta,
    ) -> Self {
        Self { db, clock, hasher, authenticator, session_length, names: Names::default() }
    }

    /// Changes who may come in, in one transaction; here it counts at once, on other servers within a second.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub async fn change_access<T, E>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let changed = self.db.write(work).await;
        // Also where it is not known whether the database has done it.
        self.authenticator.forget();
        changed
    }
}

/// The names that are being tried, each by one at a time: otherwise a few log-ins of one operator at the same moment
/// would count as failures until they are over, and lock the name.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>);

impl Names {
    pub(super) async fn turn(&self, digest: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // There are no more in use than the hasher has places.
            names.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(names.entry(digest.to_owned()).or_default())
        };
        turn.lock_owned().await
    }
}
