//! Makes a one-time code that a terminal's device exchanges for its key.

use chrono::TimeDelta;
use serde_json::json;

use super::audit::{AuditEntry, audit};
use super::change_terminal::locked;
use super::error::AccessError;
use super::model::{PairingCode, PairingOffer};
use super::permit::AdminPermit;
use super::store::{self, NewPairingCode};
use crate::db::Tx;
use crate::kernel::Timestamp;

/// How long a pairing code is good.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// Makes a pairing code for a terminal; its older codes are no good any more.
///
/// # Errors
/// No such terminal, or the database's.
pub fn offer_pairing(
    tx: &mut Tx,
    permit: &AdminPermit,
    terminal_device_id: &str,
    now: Timestamp,
) -> Result<PairingOffer, AccessError> {
    let terminal = locked(tx, terminal_device_id)?;
    store::delete_expired_pairing_codes(tx, now)?;
    store::delete_pairing_codes(tx, terminal_device_id)?;
    let pairing_code = free_code(tx)?;
    let expires_at = now.plus(LIFETIME);
    let row = NewPairingCode {
        code_prefix: &pairing_code.prefix,
        secret_hash: &pairing_code.secret_hash(),
        terminal_device_id,
        expires_at,
    };
    store::insert_pairing_code(tx, &row, now)?;
    let until = json!({"expires_at": expires_at});
    let entry = AuditEntry::created("terminal.offer", &terminal.terminal_device_id, &until);
    audit(tx, permit.actor(), &entry, now)?;
    Ok(PairingOffer { pairing_code, expires_at })
}

/// A code whose prefix no other has: of a million prefixes, few are taken at any time.
fn free_code(tx: &mut Tx) -> Result<PairingCode, AccessError> {
    loop {
        let code = PairingCode::random();
        if store::pairing_code(tx, &code.prefix)?.is_none() {
            return Ok(code);
        }
    }
}
