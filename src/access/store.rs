//! Queries on partners, their API keys, terminals and the audit log.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::{api_keys, audit_log, partners, terminals};
use crate::db::{DbError, Tx};
use crate::kernel::Timestamp;

/// An API key as it is stored.
#[derive(Debug, Queryable)]
pub(super) struct ApiKeyRow {
    pub(super) partner_code: String,
    pub(super) secret_hash: Vec<u8>,
    pub(super) permissions: String,
    pub(super) expires_at: Option<NaiveDateTime>,
    pub(super) revoked_at: Option<NaiveDateTime>,
}

/// A terminal as it is stored.
#[derive(Debug, Queryable)]
pub(super) struct TerminalRow {
    pub(super) terminal_device_id: String,
    pub(super) venue_code: String,
    pub(super) secret_hash: Vec<u8>,
    pub(super) revoked_at: Option<NaiveDateTime>,
}

pub(super) fn api_key(tx: &mut Tx, prefix: &str) -> Result<Option<ApiKeyRow>, DbError> {
    let row = api_keys::table
        .filter(api_keys::key_prefix.eq(prefix))
        .select((
            api_keys::partner_code,
            api_keys::secret_hash,
            api_keys::permissions,
            api_keys::expires_at,
            api_keys::revoked_at,
        ))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

pub(super) fn terminal(tx: &mut Tx, prefix: &str) -> Result<Option<TerminalRow>, DbError> {
    let row = terminals::table
        .filter(terminals::key_prefix.eq(prefix))
        .select((
            terminals::terminal_device_id,
            terminals::venue_code,
            terminals::secret_hash,
            terminals::revoked_at,
        ))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

pub(super) fn partner_exists(tx: &mut Tx, code: &str) -> Result<bool, DbError> {
    let found: Option<String> = partners::table
        .filter(partners::partner_code.eq(code))
        .select(partners::partner_code)
        .first(tx.connection())
        .optional()?;
    Ok(found.is_some())
}

pub(super) fn insert_partner(tx: &mut Tx, code: &str, now: Timestamp) -> Result<(), DbError> {
    diesel::insert_into(partners::table)
        .values((partners::partner_code.eq(code), partners::created_at.eq(now.naive_utc())))
        .execute(tx.connection())?;
    Ok(())
}

/// A new API key: its prefix, the SHA-256 of its secret, and what it is allowed.
#[derive(Debug)]
pub(super) struct NewApiKey<'k> {
    pub(super) prefix: &'k str,
    pub(super) partner_code: &'k str,
    pub(super) secret_hash: &'k [u8],
    pub(super) permissions: &'k str,
}

pub(super) fn insert_api_key(
    tx: &mut Tx,
    key: &NewApiKey<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::key_prefix.eq(key.prefix),
            api_keys::partner_code.eq(key.partner_code),
            api_keys::secret_hash.eq(key.secret_hash),
            api_keys::permissions.eq(key.permissions),
            api_keys::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// A new terminal: where it stands, and the prefix and the SHA-256 of its key.
#[derive(Debug)]
pub(super) struct NewTerminalRow<'t> {
    pub(super) terminal_device_id: &'t str,
    pub(super) venue_code: &'t str,
    pub(super) key_prefix: &'t str,
    pub(super) secret_hash: &'t [u8],
}

pub(super) fn insert_terminal(
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
            terminals::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// A partner with one of its keys: code, made at, the key's prefix and permissions.
pub(super) type PartnerRow = (String, NaiveDateTime, Option<String>, Option<String>);

pub(super) fn partners(tx: &mut Tx) -> Result<Vec<PartnerRow>, DbError> {
    let rows = partners::table
        .left_join(api_keys::table)
        .order((partners::partner_code, api_keys::key_prefix))
        .select((
            partners::partner_code,
            partners::created_at,
            api_keys::key_prefix.nullable(),
            api_keys::permissions.nullable(),
        ))
        .load(tx.connection())?;
    Ok(rows)
}

/// A terminal: id, venue, made at, revoked at.
pub(super) type TerminalListRow = (String, String, NaiveDateTime, Option<NaiveDateTime>);

pub(super) fn terminals(tx: &mut Tx) -> Result<Vec<TerminalListRow>, DbError> {
    let rows = terminals::table
        .order(terminals::terminal_device_id)
        .select((
            terminals::terminal_device_id,
            terminals::venue_code,
            terminals::created_at,
            terminals::revoked_at,
        ))
        .load(tx.connection())?;
    Ok(rows)
}

/// A line of the audit log.
#[derive(Debug)]
pub(super) struct NewAuditRow<'a> {
    pub(super) id: &'a str,
    pub(super) principal: &'a str,
    pub(super) action: &'a str,
    pub(super) subject: &'a str,
    pub(super) request_id: &'a str,
}

pub(super) fn insert_audit(
    tx: &mut Tx,
    row: &NewAuditRow<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(row.id),
            audit_log::principal.eq(row.principal),
            audit_log::action.eq(row.action),
            audit_log::subject.eq(row.subject),
            audit_log::request_id.eq(row.request_id),
            audit_log::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}
