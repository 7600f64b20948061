//! Writes the audit log: who did what to whom, and in which request. Nobody edits it.

use super::error::AccessError;
use super::store::{self, NewAuditRow};
use crate::db::Tx;
use crate::kernel::{Timestamp, sortable_id};

/// A line of the audit log.
#[derive(Clone, Copy, Debug)]
pub struct AuditEntry<'a> {
    /// Who, as [`super::Principal::label`] names it.
    pub principal: &'a str,
    /// What, such as `ticket.info`.
    pub action: &'static str,
    /// To whom, such as a ticket's code.
    pub subject: &'a str,
    /// In which request.
    pub request_id: &'a str,
}

/// Appends a line.
///
/// # Errors
/// The database's.
pub fn audit(tx: &mut Tx, entry: AuditEntry<'_>, now: Timestamp) -> Result<(), AccessError> {
    let row = NewAuditRow {
        id: &sortable_id(),
        principal: entry.principal,
        action: entry.action,
        subject: entry.subject,
        request_id: entry.request_id,
    };
    Ok(store::insert_audit(tx, &row, now)?)
}
