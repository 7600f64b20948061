//! Changes an operator: name for people, role, password, and whether they may log in.

use super::audit::{AuditEntry, audit};
use super::error::AccessError;
use super::list::operator_summary;
use super::lockout;
use super::model::{OperatorSummary, PasswordHash, Role};
use super::permit::AdminPermit;
use super::store;
use crate::db::Tx;
use crate::kernel::{Timestamp, Username};

/// What to change. What is not given stays.
#[derive(Clone, Debug, Default)]
pub struct OperatorChange {
    /// The name for people.
    pub display_name: Option<String>,
    /// What they are.
    pub role: Option<Role>,
    /// Whether they may log in.
    pub is_active: Option<bool>,
    /// The hash of a new password.
    pub password_hash: Option<PasswordHash>,
}

/// Changes an operator. Whose role or password changes, or who is disabled, is logged out everywhere; a new password
/// also ends the lock of the name.
///
/// # Errors
/// There is none, it is the last active admin, or the database's.
pub fn change_operator(
    tx: &mut Tx,
    permit: &AdminPermit,
    username: &Username,
    change: &OperatorChange,
    now: Timestamp,
) -> Result<OperatorSummary, AccessError> {
    let missing = || AccessError::OperatorNotFound(username.to_string());
    // Admins are locked before the one who is changed, by everybody: then two cannot demote each other.
    let admins = store::lock_active_admins(tx)?;
    let mut row = store::lock_operator(tx, username.as_str())?.ok_or_else(missing)?;
    let before = operator_summary(&row).ok_or_else(missing)?;
    let after = changed(&before, change);
    let is_demoted = after.role != Role::Admin || !after.is_active;
    if is_demoted && admins == [before.username.as_str()] {
        return Err(AccessError::LastAdmin(username.clone()));
    }
    row.display_name.clone_from(&after.display_name);
    after.role.name().clone_into(&mut row.role);
    row.disabled_at =
        (!after.is_active).then(|| row.disabled_at.unwrap_or_else(|| now.naive_utc()));
    let hash = change.password_hash.as_ref().map(PasswordHash::text);
    if before == after && hash.is_none() {
        return Ok(after);
    }
    store::update_operator(tx, &row, hash)?;
    if before != after {
        let entry = AuditEntry::changed("operator.change", username.as_str(), &before, &after);
        audit(tx, permit.actor(), &entry, now)?;
    }
    if hash.is_some() {
        lockout::forget_tries(tx, &lockout::digest(username))?;
        let entry = AuditEntry::plain("operator.password", username.as_str());
        audit(tx, permit.actor(), &entry, now)?;
    }
    if hash.is_some() || before.role != after.role || !after.is_active {
        store::revoke_sessions(tx, username.as_str(), None, now)?;
    }
    Ok(after)
}

fn changed(before: &OperatorSummary, change: &OperatorChange) -> OperatorSummary {
    OperatorSummary {
        display_name: change.display_name.as_ref().unwrap_or(&before.display_name).clone(),
        role: change.role.unwrap_or(before.role),
        is_active: change.is_active.unwrap_or(before.is_active),
        ..before.clone()
    }
}
