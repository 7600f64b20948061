//! Queries on terminals.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::terminals;
use crate::db::{DbError, Tx};
use crate::kernel::Timestamp;

/// A terminal as it is stored.
#[derive(Debug, Queryable)]
pub(in crate::access) struct TerminalRow {
    pub(in crate::access) terminal_device_id: String,
    pub(in crate::access) venue_code: String,
    pub(in crate::access) functions: Option<String>,
    pub(in crate::access) secret_hash: Option<Vec<u8>>,
    pub(in crate::access) last_seen_at: Option<NaiveDateTime>,
    pub(in crate::access) revoked_at: Option<NaiveDateTime>,
}

pub(in crate::access) fn terminal_by_key(
    tx: &mut Tx,
    prefix: &str,
) -> Result<Option<TerminalRow>, DbError> {
    let row = terminals::table
        .filter(terminals::key_prefix.eq(prefix))
        .select((
            terminals::terminal_device_id,
            terminals::venue_code,
            terminals::functions,
            terminals::secret_hash,
            terminals::last_seen_at,
            terminals::revoked_at,
        ))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

/// A new terminal: where it stands, and the prefix and the SHA-256 of its key.
#[derive(Debug)]
pub(in crate::access) struct NewTerminalRow<'t> {
    pub(in crate::access) terminal_device_id: &'t str,
    pub(in crate::access) venue_code: &'t str,
    pub(in crate::access) key_prefix: &'t str,
    pub(in crate::access) secret_hash: &'t [u8],
}

pub(in crate::access) fn insert_terminal(
    tx: &mut Tx,
    terminal: &NewTerminalRow<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(terminals::table)
        .values((
            terminals::terminal_device_id.eq(terminal.terminal_device_id),
            terminals::venue_code.eq(terminal.venue_code),
            terminals::key_prefix.eq(terminal.key_prefix),
            terminals::secret_hash.eq(terminal.secret_hash),
            terminals::paired_at.eq(now.naive_utc()),
            terminals::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// A terminal: id, venue, made at, last seen at, revoked at.
pub(in crate::access) type TerminalListRow =
    (String, String, NaiveDateTime, Option<NaiveDateTime>, Option<NaiveDateTime>);

pub(in crate::access) fn terminals(tx: &mut Tx) -> Result<Vec<TerminalListRow>, DbError> {
    let rows = terminals::table
        .order(terminals::terminal_device_id)
        .select((
            terminals::terminal_device_id,
            terminals::venue_code,
            terminals::created_at,
            terminals::last_seen_at,
            terminals::revoked_at,
        ))
        .load(tx.connection())?;
    Ok(rows)
}
