//! Changes an operator's own password.

use super::audit::{AuditEntry, audit};
use super::error::AccessError;
use super::model::{Password, PasswordHash};
use super::permit::PasswordPermit;
use super::prove::{Proven, follow_up, prove, to_its_end};
use super::state::AccessState;
use super::store;
use crate::db::Tx;
use crate::kernel::{Secret, Timestamp, Username};

/// Changes the password of whoever asks, who proves the current one, and ends their other sessions.
///
/// # Errors
/// The name is locked, the current password is wrong, too many are waiting, or the database's.
pub(super) async fn change_password(
    state: &AccessState,
    permit: PasswordPermit,
    current: Secret<String>,
    new: Password,
) -> Result<(), AccessError> {
    let username = Username::parse(&permit.operator().username);
    let username = username.map_err(|_| AccessError::InvalidOperatorToken)?;
    let state = state.clone();
    to_its_end(async move {
        let Proven { hash, digest, turn, place } = prove(&state, &username, current).await?;
        let (place, new_hash) = state.hasher.hash_at(place, new).await?;
        let now = state.clock.now();
        let set = move |tx: &mut Tx| set_password(tx, &permit, (&hash, &new_hash), now);
        let changed = follow_up(&state.db, digest, set).await;
        drop((turn, place));
        // Also where it is not known whether the database has done it.
        state.authenticator.forget();
        changed
    })
    .await
}

/// Sets the new password, if the current one is still the one that was proven.
fn set_password(
    tx: &mut Tx,
    permit: &PasswordPermit,
    (proven, new): (&PasswordHash, &PasswordHash),
    now: Timestamp,
) -> Result<(), AccessError> {
    let operator = permit.operator();
    let row = store::lock_operator_with_hash(tx, &operator.username, proven.text())?;
    let row = row.ok_or(AccessError::InvalidLogin)?;
    store::update_operator(tx, &row, Some(new.text()))?;
    store::revoke_sessions(tx, &operator.username, Some(&operator.token_prefix), now)?;
    let entry = AuditEntry::plain("operator.password", &operator.username);
    audit(tx, permit.actor(), &entry, now)
}
