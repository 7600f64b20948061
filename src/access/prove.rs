//! Proves that somebody is an operator: by name and password, one try with a name at a time.
//!
//! Whether the name is nobody's, the operator is disabled or the password is wrong: each gets the same answer after the
//! same work.

use tokio::sync::OwnedMutexGuard;

use super::error::AccessError;
use super::lockout;
use super::model::PasswordHash;
use super::password::{Place, nobodys_hash};
use super::state::AccessState;
use super::store;
use crate::db::{Db, DbError, Tx};
use crate::kernel::{Secret, Username};

/// An operator whose password was right a moment ago. The next one with the name waits until the turn is dropped.
#[derive(Debug)]
pub(super) struct Proven {
    /// The hash that the password was proven by: what follows holds only while it is still the operator's.
    pub(super) hash: PasswordHash,
    /// As what the name's tries are kept, which a success forgets.
    pub(super) digest: String,
    /// The name's turn.
    pub(super) turn: OwnedMutexGuard<()>,
    /// Where the next password of the same request is hashed.
    pub(super) place: Place,
}

/// Does what begins with a try to its end, also where whoever asks hangs up before: otherwise a right password would
/// stay counted as a failure.
///
/// # Errors
/// Those of the work.
pub(super) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, AccessError>> + Send + 'static,
) -> Result<T, AccessError> {
    tokio::spawn(work).await.unwrap_or_else(|_| Err(DbError::NoAnswer.into()))
}

/// Follows a proven password up with a change, and forgets the name's tries, also where the database fails the change.
///
/// # Errors
/// The change's, or the database's.
pub(super) async fn follow_up<T: Send + 'static>(
    db: &Db,
    digest: String,
    change: impl FnOnce(&mut Tx) -> Result<T, AccessError> + Send + 'static,
) -> Result<T, AccessError> {
    let its_digest = digest.clone();
    let write = db.write(move |tx| {
        lockout::forget_tries(tx, &its_digest)?;
        change(tx)
    });
    let done = write.await;
    if matches!(done, Err(AccessError::Database(_))) {
        let forget = db.write(move |tx| lockout::forget_tries(tx, &digest));
        if let Err(error) = forget.await {
            log::warn!("failed to forget the tries before a right password: failed to {error}");
        }
    }
    done
}

/// Proves a password. The try is counted as a failure, which stands until whoever follows up a success forgets it.
///
/// # Errors
/// The name is locked, name or password are wrong, too many are waiting, or the database's.
pub(super) async fn prove(
    state: &AccessState,
    username: &Username,
    password: Secret<String>,
) -> Result<Proven, AccessError> {
    let place = state.hasher.enter()?;
    let digest = lockout::digest(username);
    let turn = state.names.turn(&digest).await;
    let now = state.clock.now();
    // A read first, so that tries with a locked name are not in the way of those who write.
    let its_digest = digest.clone();
    state.db.read(move |tx| lockout::check(tx, &its_digest, now)).await?;
    let (its_digest, name) = (digest.clone(), username.clone());
    let counted = state.db.write(move |tx| -> Result<_, AccessError> {
        lockout::count_try(tx, &its_digest, now)?;
        Ok(store::active_password_hash(tx, name.as_str())?)
    });
    let known = counted.await?.map(PasswordHash::new);
    let hash = known.clone().unwrap_or_else(nobodys_hash);
    let (place, is_right) = state.hasher.verify(place, password, hash).await?;
    match known {
        Some(hash) if is_right => Ok(Proven { hash, digest, turn, place }),
        Some(_) | None => Err(AccessError::InvalidLogin),
    }
}
