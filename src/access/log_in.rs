//! Logs an operator in and out, and tells who is logged in.

use super::error::AccessError;
use super::model::{KeyKind, KeyText, LoggedIn, OperatorSelf, OperatorSession, PasswordHash, Role};
use super::permit::{EnterPermit, SelfPermit};
use super::prove::{Proven, follow_up, prove, to_its_end};
use super::state::AccessState;
use super::store::{self, NewSession, OperatorRow};
use crate::db::Tx;
use crate::kernel::{Secret, Timestamp, Username};

/// Opens a session for whoever has the name and the password of an active operator.
///
/// # Errors
/// The name is locked, name or password are wrong, too many are waiting, or the database's.
pub(super) async fn log_in(
    state: &AccessState,
    permit: &EnterPermit,
    username: Username,
    password: Secret<String>,
) -> Result<LoggedIn, AccessError> {
    let state = state.clone();
    let logged_in = to_its_end(async move {
        let Proven { hash, digest, turn, place } = prove(&state, &username, password).await?;
        let now = state.clock.now();
        let expires_at = now.plus(state.session_length);
        let open = move |tx: &mut Tx| open_session(tx, &username, &hash, (now, expires_at));
        let logged_in = follow_up(&state.db, digest, open).await;
        drop((turn, place));
        logged_in
    });
    let logged_in = logged_in.await;
    if matches!(logged_in, Err(AccessError::InvalidLogin)) {
        permit.failures().count()?;
    }
    logged_in
}

/// Opens a session, if the operator is still active and the password still the one that was proven.
fn open_session(
    tx: &mut Tx,
    username: &Username,
    hash: &PasswordHash,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<LoggedIn, AccessError> {
    let row = store::lock_operator_with_hash(tx, username.as_str(), hash.text())?;
    let operator = row.and_then(operator_self).ok_or(AccessError::InvalidLogin)?;
    let key = KeyText::random();
    let session = NewSession {
        prefix: &key.prefix,
        username: username.as_str(),
        secret_hash: &key.secret_hash(),
        expires_at,
    };
    store::insert_session(tx, &session, now)?;
    let operator_token = Secret::new(key.expose(KeyKind::Operator));
    Ok(LoggedIn { operator_token, expires_at, operator })
}

fn operator_self(row: OperatorRow) -> Option<OperatorSelf> {
    let role: Role = row.role.parse().ok()?;
    Some(OperatorSelf { username: row.username, display_name: row.display_name, role })
}

/// Ends the session that asks.
///
/// # Errors
/// The database's.
pub(super) fn log_out(tx: &mut Tx, permit: &SelfPermit, now: Timestamp) -> Result<(), AccessError> {
    Ok(store::revoke_session(tx, &permit.operator().token_prefix, now)?)
}

/// Who asks, and until when the session lasts.
///
/// # Errors
/// The session has gone meanwhile, or the database's.
pub(super) fn read_session(
    tx: &mut Tx,
    permit: &SelfPermit,
) -> Result<OperatorSession, AccessError> {
    let asker = permit.operator();
    let session = store::session(tx, &asker.token_prefix)?;
    let operator = store::operator(tx, &asker.username)?.and_then(operator_self);
    let (session, operator) = session.zip(operator).ok_or(AccessError::InvalidOperatorToken)?;
    Ok(OperatorSession { expires_at: Timestamp::from_naive_utc(session.expires_at), operator })
}
