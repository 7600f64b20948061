//! Exchanges a pairing code for a terminal's key.

use super::audit::Actor;
use super::change_terminal::{locked, write};
use super::error::AccessError;
use super::model::{KeyKind, KeyText, PairingCode, TerminalKey, TerminalSummary};
use super::permit::EnterPermit;
use super::store::{self, StoredKey};
use crate::db::Tx;
use crate::kernel::Timestamp;

/// How often a code's secret may be guessed.
const TRIES: i64 = 5;

/// A device's attempt to pair itself.
#[derive(Clone, Debug)]
pub(super) struct PairingAttempt {
    pub(super) code: PairingCode,
    pub(super) request_id: String,
}

/// Pairs the terminal that a code was made for: makes its key, in the place of an older one. None where the code is
/// not good, which must be committed too: the try counts.
///
/// A try is taken before the secret is looked at, and given back if it is right; so the tries hold, and a code is
/// used once, however many ask at the same moment.
pub(super) fn pair_terminal(
    tx: &mut Tx,
    _permit: &EnterPermit,
    attempt: &PairingAttempt,
    now: Timestamp,
) -> Result<Option<TerminalKey>, AccessError> {
    let prefix = attempt.code.prefix.as_str();
    let Some((_, terminal_device_id)) = store::pairing_code(tx, prefix)? else {
        return Ok(None);
    };
    // Whatever changes a terminal or its codes takes the terminal's lock first.
    let before = locked(tx, &terminal_device_id)?;
    if !store::take_try(tx, (prefix, &terminal_device_id), TRIES, now)? {
        return Ok(None);
    }
    let Some((secret_hash, _)) = store::pairing_code(tx, prefix)? else {
        return Ok(None);
    };
    if !attempt.code.is_proven_by(&secret_hash) {
        return Ok(None);
    }
    store::use_pairing_code(tx, prefix, now)?;
    let key = KeyText::random();
    let secret_hash = key.secret_hash();
    let stored = StoredKey { prefix: &key.prefix, secret_hash: &secret_hash };
    store::replace_terminal_key(tx, &terminal_device_id, stored)?;
    let actor = Actor::new(format!("terminal:{terminal_device_id}"), attempt.request_id.clone());
    let after = TerminalSummary {
        paired_at: Some(now),
        revoked_at: None,
        is_active: true,
        ..before.clone()
    };
    let paired = write(tx, (&actor, "terminal.pair"), &before, after, now)?;
    Ok(Some(TerminalKey {
        terminal_device_id: paired.terminal_device_id,
        venue_code: paired.venue_code,
        functions: paired.functions,
        terminal_key: key.expose(KeyKind::Terminal),
    }))
}
