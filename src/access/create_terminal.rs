//! Makes a terminal that stands at a venue: with its key at once, or without, to be paired.

use super::audit::{AuditEntry, audit};
use super::error::AccessError;
use super::model::{KeyKind, KeyText, NewTerminal, TerminalKey, TerminalSummary};
use super::permit::AdminPermit;
use super::store::{self, StoredKey};
use crate::db::Tx;
use crate::kernel::Timestamp;

/// Makes a terminal and its key.
///
/// # Errors
/// The id is taken, or the database's.
pub fn create_terminal(
    tx: &mut Tx,
    permit: &AdminPermit,
    terminal: NewTerminal,
    now: Timestamp,
) -> Result<TerminalKey, AccessError> {
    let key = KeyText::random();
    let secret_hash = key.secret_hash();
    let stored = StoredKey { prefix: &key.prefix, secret_hash: &secret_hash };
    let made = insert(tx, permit, terminal, Some(stored), now)?;
    Ok(TerminalKey {
        terminal_device_id: made.terminal_device_id,
        venue_code: made.venue_code,
        functions: made.functions,
        terminal_key: key.expose(KeyKind::Terminal),
    })
}

/// Makes a terminal that has no key yet.
///
/// # Errors
/// The id is taken, or the database's.
pub fn create_unpaired_terminal(
    tx: &mut Tx,
    permit: &AdminPermit,
    terminal: NewTerminal,
    now: Timestamp,
) -> Result<TerminalSummary, AccessError> {
    insert(tx, permit, terminal, None, now)
}

fn insert(
    tx: &mut Tx,
    permit: &AdminPermit,
    terminal: NewTerminal,
    key: Option<StoredKey<'_>>,
    now: Timestamp,
) -> Result<TerminalSummary, AccessError> {
    let made = TerminalSummary {
        terminal_device_id: terminal.terminal_device_id,
        venue_code: terminal.venue_code,
        functions: terminal.functions,
        is_active: true,
        created_at: now,
        paired_at: key.map(|_| now),
        last_seen_at: None,
        revoked_at: None,
    };
    store::insert_terminal(tx, &made, key).map_err(|error| {
        error.or_taken(|| AccessError::TerminalExists(made.terminal_device_id.clone()))
    })?;
    let entry = AuditEntry::created("terminal.create", &made.terminal_device_id, &made);
    audit(tx, permit.actor(), &entry, now)?;
    Ok(made)
}
