//! Counts QR codes by the key that sealed them: whether a key can go, and whether it has sealed enough.

use super::error::TicketError;
use super::model::TicketStatus;
use super::store::{self, KeyCodes};
use crate::access::AdminPermit;
use crate::db::{DbError, Tx};
use crate::kernel::Timestamp;

/// The codes of these keys that may be needed yet, by key: not superseded, not expired, on a ticket that can still be redeemed, or
/// that is used, since with an undone redemption the same code counts again.
///
/// # Errors
/// The database's.
pub fn count_live_codes(
    tx: &mut Tx,
    _: &AdminPermit,
    key_ids: &[&str],
    now: Timestamp,
) -> Result<Vec<KeyCodes>, TicketError> {
    let mut statuses = TicketStatus::ALL.to_vec();
    statuses.retain(|status| status.may_need_its_code());
    let names: Vec<&str> = statuses.into_iter().map(TicketStatus::name).collect();
    Ok(store::live_codes_by_key(tx, key_ids, &names, now)?)
}

/// How many codes a key ever sealed, on every server.
///
/// # Errors
/// The database's.
pub fn count_seals(tx: &mut Tx, key_id: &str) -> Result<i64, DbError> {
    store::sealed_by(tx, key_id)
}
