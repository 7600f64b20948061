//! Makes a terminal that stands at a venue, and its key.

use super::error::AccessError;
use super::model::{KeyKind, KeyText};
use super::permit::AdminPermit;
use super::store::{self, NewTerminalRow};
use crate::db::{DbError, Tx};
use crate::kernel::{Timestamp, VenueCode};
use crate::token::sha256;

/// Which terminal to make. That its venue exists is for the caller to see.
#[derive(Clone, Debug)]
pub struct NewTerminal {
    /// The device's id, as its scans will name it.
    pub terminal_device_id: String,
    /// Where it stands.
    pub venue_code: VenueCode,
}

/// A terminal's new key, shown this once.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TerminalKey {
    /// The device.
    pub terminal_device_id: String,
    /// Where it stands.
    pub venue_code: VenueCode,
    /// The text for its `X-Terminal-Key` header.
    pub terminal_key: String,
}

/// Makes a terminal and its key.
///
/// # Errors
/// The id is taken, or the database's.
pub fn create_terminal(
    tx: &mut Tx,
    _permit: &AdminPermit,
    terminal: NewTerminal,
    now: Timestamp,
) -> Result<TerminalKey, AccessError> {
    let id = terminal.terminal_device_id.as_str();
    let key = KeyText::random();
    let row = NewTerminalRow {
        terminal_device_id: id,
        venue_code: terminal.venue_code.as_str(),
        key_prefix: &key.prefix,
        secret_hash: &sha256(key.secret.expose().as_bytes()),
    };
    store::insert_terminal(tx, &row, now).map_err(|error| {
        if matches!(error, DbError::Conflict(_)) {
            return AccessError::TerminalExists(id.to_owned());
        }
        error.into()
    })?;
    Ok(TerminalKey {
        terminal_key: key.expose(KeyKind::Terminal),
        terminal_device_id: terminal.terminal_device_id,
        venue_code: terminal.venue_code,
    })
}
