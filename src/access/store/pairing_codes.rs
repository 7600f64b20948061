//! Queries on pairing codes.

use diesel::prelude::*;

use crate::db::schema::pairing_codes;
use crate::db::{DbError, Tx};
use crate::kernel::Timestamp;

/// A new code: its prefix, the SHA-256 of its secret, for which terminal, until when.
#[derive(Debug)]
pub(in crate::access) struct NewPairingCode<'c> {
    pub(in crate::access) code_prefix: &'c str,
    pub(in crate::access) secret_hash: &'c [u8],
    pub(in crate::access) terminal_device_id: &'c str,
    pub(in crate::access) expires_at: Timestamp,
}

pub(in crate::access) fn insert_pairing_code(
    tx: &mut Tx,
    code: &NewPairingCode<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(pairing_codes::table)
        .values((
            pairing_codes::code_prefix.eq(code.code_prefix),
            pairing_codes::secret_hash.eq(code.secret_hash),
            pairing_codes::terminal_device_id.eq(code.terminal_device_id),
            pairing_codes::failed_tries.eq(0_i64),
            pairing_codes::expires_at.eq(code.expires_at.naive_utc()),
            pairing_codes::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Takes one of the tries of a terminal's code, and holds the code until the transaction ends; tells whether there was one to take.
pub(in crate::access) fn take_try(
    tx: &mut Tx,
    (prefix, terminal_device_id): (&str, &str),
    tries: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let good = pairing_codes::table
        .filter(pairing_codes::code_prefix.eq(prefix))
        .filter(pairing_codes::terminal_device_id.eq(terminal_device_id))
        .filter(pairing_codes::used_at.is_null())
        .filter(pairing_codes::expires_at.gt(now.naive_utc()))
        .filter(pairing_codes::failed_tries.lt(tries));
    let taken = diesel::update(good)
        .set(pairing_codes::failed_tries.eq(pairing_codes::failed_tries + 1))
        .execute(tx.connection())?;
    Ok(taken == 1)
}

/// The SHA-256 of a code's secret, and its terminal.
pub(in crate::access) fn pairing_code(
    tx: &mut Tx,
    prefix: &str,
) -> Result<Option<(Vec<u8>, String)>, DbError> {
    let row = pairing_codes::table
        .filter(pairing_codes::code_prefix.eq(prefix))
        .select((pairing_codes::secret_hash, pairing_codes::terminal_device_id))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

/// Uses a code up, and gives back the try that was taken for it.
pub(in crate::access) fn use_pairing_code(
    tx: &mut Tx,
    prefix: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::update(pairing_codes::table.filter(pairing_codes::code_prefix.eq(prefix)))
        .set((
            pairing_codes::used_at.eq(now.naive_utc()),
            pairing_codes::failed_tries.eq(pairing_codes::failed_tries - 1),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Deletes every code of a terminal.
pub(in crate::access) fn delete_pairing_codes(
    tx: &mut Tx,
    terminal_device_id: &str,
) -> Result<usize, DbError> {
    let of_terminal = pairing_codes::terminal_device_id.eq(terminal_device_id);
    Ok(diesel::delete(pairing_codes::table.filter(of_terminal)).execute(tx.connection())?)
}

/// Deletes the codes that are over.
pub(in crate::access) fn delete_expired_pairing_codes(
    tx: &mut Tx,
    now: Timestamp,
) -> Result<(), DbError> {
    let is_over = pairing_codes::expires_at.le(now.naive_utc());
    diesel::delete(pairing_codes::table.filter(is_over)).execute(tx.connection())?;
    Ok(())
}
