//! Writes the audit log: who did what to whom, what it was before and after, and in which request. Nobody edits it.

use serde::Serialize;
use serde_json::{Value, json};

use super::error::AccessError;
use super::store::{self, NewAuditRow};
use crate::db::Tx;
use crate::kernel::{Timestamp, sortable_id, system_user};

/// Who acts, and in which request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    label: String,
    request_id: String,
}

impl Actor {
    /// The server itself, in what it does without being asked.
    #[must_use]
    pub fn server() -> Self {
        Self::new("server".to_owned(), "-".to_owned())
    }

    /// Whoever runs a command, by the operating system's name of the user.
    pub(super) fn command_line() -> Self {
        Self::new(format!("command-line:{}", system_user()), "-".to_owned())
    }

    pub(super) fn new(label: String, request_id: String) -> Self {
        Self { label, request_id }
    }
}

/// A line of the audit log.
#[derive(Clone, Debug)]
pub struct AuditEntry<'a> {
    /// What was done, such as `ticket.info`.
    pub action: &'static str,
    /// To whom, such as a ticket's code.
    pub subject: &'a str,
    /// What it was before, without secrets; null where there was nothing.
    pub before: Value,
    /// What it is now, without secrets; null where there is nothing any more.
    pub after: Value,
}

impl<'a> AuditEntry<'a> {
    /// Something that was made.
    #[must_use]
    pub fn created(action: &'static str, subject: &'a str, after: &impl Serialize) -> Self {
        Self { action, subject, before: Value::Null, after: json!(after) }
    }

    /// Something that is not what it was.
    #[must_use]
    pub fn changed<T: Serialize>(
        action: &'static str,
        subject: &'a str,
        before: &T,
        after: &T,
    ) -> Self {
        Self { action, subject, before: json!(before), after: json!(after) }
    }

    /// What is not told in values: a look, or a new secret.
    #[must_use]
    pub fn plain(action: &'static str, subject: &'a str) -> Self {
        Self { action, subject, before: Value::Null, after: Value::Null }
    }
}

/// Appends a line.
///
/// # Errors
/// The database's.
pub fn audit(
    tx: &mut Tx,
    actor: &Actor,
    entry: &AuditEntry<'_>,
    now: Timestamp,
) -> Result<(), AccessError> {
    let text = |value: &Value| (!value.is_null()).then(|| value.to_string());
    let row = NewAuditRow {
        id: &sortable_id(),
        principal: &actor.label,
        action: entry.action,
        subject: entry.subject,
        request_id: &actor.request_id,
        before_json: text(&entry.before),
        after_json: text(&entry.after),
    };
    Ok(store::insert_audit(tx, &row, now)?)
}
