//! Changes where a terminal stands and what it may redeem, and revokes it.

use super::audit::{Actor, AuditEntry, audit};
use super::error::AccessError;
use super::model::{TerminalChange, TerminalSummary};
use super::permit::AdminPermit;
use super::store;
use crate::db::Tx;
use crate::kernel::Timestamp;

/// A terminal, held until the transaction ends.
///
/// # Errors
/// No such terminal, or the database's.
pub fn find_terminal(
    tx: &mut Tx,
    _permit: &AdminPermit,
    terminal_device_id: &str,
) -> Result<TerminalSummary, AccessError> {
    locked(tx, terminal_device_id)
}

/// Changes a terminal. That its venue exists and redeems its functions is for the caller to see.
///
/// # Errors
/// No such terminal, or the database's.
pub fn change_terminal(
    tx: &mut Tx,
    permit: &AdminPermit,
    terminal_device_id: &str,
    change: TerminalChange,
    now: Timestamp,
) -> Result<TerminalSummary, AccessError> {
    let before = locked(tx, terminal_device_id)?;
    let mut after = before.clone();
    after.venue_code = change.venue_code.unwrap_or(after.venue_code);
    after.functions = change.functions.apply(after.functions);
    if after == before {
        return Ok(after);
    }
    write(tx, (permit.actor(), "terminal.change"), &before, after, now)
}

/// Revokes a terminal: its key and its pairing codes are no good any more. Pairing it again lets it in again. One that
/// is revoked already, and has no codes since, stays as it is.
///
/// # Errors
/// No such terminal, or the database's.
pub fn revoke_terminal(
    tx: &mut Tx,
    permit: &AdminPermit,
    terminal_device_id: &str,
    now: Timestamp,
) -> Result<TerminalSummary, AccessError> {
    let before = locked(tx, terminal_device_id)?;
    let codes = store::delete_pairing_codes(tx, terminal_device_id)?;
    if before.revoked_at.is_some() && codes == 0 {
        return Ok(before);
    }
    let revoked_at = before.revoked_at.or(Some(now));
    let after = TerminalSummary { revoked_at, is_active: false, ..before.clone() };
    write(tx, (permit.actor(), "terminal.revoke"), &before, after, now)
}

pub(super) fn locked(tx: &mut Tx, id: &str) -> Result<TerminalSummary, AccessError> {
    store::lock_terminal(tx, id)?;
    store::terminal(tx, id)?.ok_or_else(|| AccessError::TerminalNotFound(id.to_owned()))
}

/// Writes what a terminal is now, and a line of the audit log about it.
pub(super) fn write(
    tx: &mut Tx,
    (actor, action): (&Actor, &'static str),
    before: &TerminalSummary,
    after: TerminalSummary,
    now: Timestamp,
) -> Result<TerminalSummary, AccessError> {
    store::update_terminal(tx, &after)?;
    let entry = AuditEntry::changed(action, &after.terminal_device_id, before, &after);
    audit(tx, actor, &entry, now)?;
    Ok(after)
}
