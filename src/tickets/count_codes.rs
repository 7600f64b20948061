//! Counts QR codes by the key that sealed them: whether a key can go, and whether it has sealed enough.

use super::error::TicketError;
use super::model::TicketStatus;
use super::store::{self, KeyCodes};
use crate::access::AdminPermit;
use crate::db::{DbError, Tx};
use crate::kernel::Timestamp;

/// The codes that count now, by key: not superseded, not expired, on a ticket that can still be redeemed.
///
/// # Errors
/// The database's.
pub fn count_live_codes(
    tx: &mut Tx,
    _: &AdminPermit,
    now: Timestamp,
) -> Result<Vec<KeyCodes>, TicketError> {
    let mut statuses = TicketStatus::ALL.to_vec();
    statuses.retain(|status| status.can_be_redeemed_yet());
    let names: Vec<&str> = statuses.into_iter().map(TicketStatus::name).collect();
    Ok(store::live_codes_by_key(tx, &names, now)?)
}

/// How many codes a key ever sealed, on every server.
///
/// # Errors
/// The database's.
pub fn count_seals(tx: &mut Tx, key_id: &str) -> Result<i64, DbError> {
    store::sealed_by(tx, key_id)
}
