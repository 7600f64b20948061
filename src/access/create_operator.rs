//! Makes an operator.

use super::audit::{AuditEntry, audit};
use super::error::AccessError;
use super::model::{OperatorSummary, PasswordHash, Role};
use super::permit::AdminPermit;
use super::store::{self, NewOperatorRow};
use crate::db::Tx;
use crate::kernel::{Timestamp, Username};

/// Which operator to make.
#[derive(Clone, Debug)]
pub struct NewOperator {
    /// The name to log in with.
    pub username: Username,
    /// The name for people; the other one where none is given.
    pub display_name: Option<String>,
    /// What they are.
    pub role: Role,
    /// The hash of their password.
    pub password_hash: PasswordHash,
}

/// Makes an operator.
///
/// # Errors
/// The name is taken, or the database's.
pub fn create_operator(
    tx: &mut Tx,
    permit: &AdminPermit,
    operator: NewOperator,
    now: Timestamp,
) -> Result<OperatorSummary, AccessError> {
    let NewOperator { username, display_name, role, password_hash } = operator;
    let display_name = display_name.unwrap_or_else(|| username.to_string());
    let row = NewOperatorRow {
        username: username.as_str(),
        display_name: &display_name,
        role: role.name(),
        password_hash: password_hash.text(),
    };
    store::insert_operator(tx, &row, now)
        .map_err(|error| error.or_taken(|| AccessError::OperatorExists(username.clone())))?;
    let username = username.to_string();
    let made = OperatorSummary { username, display_name, role, is_active: true, created_at: now };
    let entry = AuditEntry::created("operator.create", &made.username, &made);
    audit(tx, permit.actor(), &entry, now)?;
    Ok(made)
}
