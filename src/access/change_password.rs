//! Changes an operator's own password.

use super::audit::{AuditEntry, audit};
use super::error::AccessError;
use super::lockout;
use super::model::{Password, PasswordHash};
use super::permit::PasswordPermit;
use super::prove::{Proven, prove};
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
    let Proven { hash, digest, turn, place } = prove(state, &username, current).await?;
    let (place, new_hash) = state.hasher.hash_at(place, new).await?;
    let now = state.clock.now();
    let changed = state.change_access(move |tx| {
        lockout::forget_tries(tx, &digest)?;
        set_password(tx, &permit, (&hash, &new_hash), now)
    });
    changed.await?;
    drop((turn, place));
    Ok(())
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
