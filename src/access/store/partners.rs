//! Queries on partners and their API keys.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::{api_keys, partners};
use crate::db::{DbError, Tx};
use crate::kernel::Timestamp;

/// An API key as it is stored.
#[derive(Debug, Queryable)]
pub(in crate::access) struct ApiKeyRow {
    pub(in crate::access) partner_code: String,
    pub(in crate::access) secret_hash: Vec<u8>,
    pub(in crate::access) permissions: String,
    pub(in crate::access) expires_at: Option<NaiveDateTime>,
    pub(in crate::access) revoked_at: Option<NaiveDateTime>,
    pub(in crate::access) disabled_at: Option<NaiveDateTime>,
    pub(in crate::access) rate_limits: Option<String>,
}

pub(in crate::access) fn api_key(tx: &mut Tx, prefix: &str) -> Result<Option<ApiKeyRow>, DbError> {
    let row = api_keys::table
        .inner_join(partners::table)
        .filter(api_keys::key_prefix.eq(prefix))
        .select((
            api_keys::partner_code,
            api_keys::secret_hash,
            api_keys::permissions,
            api_keys::expires_at,
            api_keys::revoked_at,
            partners::disabled_at,
            partners::rate_limits,
        ))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

pub(in crate::access) fn partner_exists(tx: &mut Tx, code: &str) -> Result<bool, DbError> {
    let found: Option<String> = partners::table
        .filter(partners::partner_code.eq(code))
        .select(partners::partner_code)
        .first(tx.connection())
        .optional()?;
    Ok(found.is_some())
}

pub(in crate::access) fn insert_partner(
    tx: &mut Tx,
    code: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(partners::table)
        .values((partners::partner_code.eq(code), partners::created_at.eq(now.naive_utc())))
        .execute(tx.connection())?;
    Ok(())
}

/// A new API key: its prefix, the SHA-256 of its secret, and what it is allowed.
#[derive(Debug)]
pub(in crate::access) struct NewApiKey<'k> {
    pub(in crate::access) prefix: &'k str,
    pub(in crate::access) partner_code: &'k str,
    pub(in crate::access) secret_hash: &'k [u8],
    pub(in crate::access) permissions: &'k str,
}

pub(in crate::access) fn insert_api_key(
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

/// A partner with one of its keys: code, made at, the key's prefix and permissions.
pub(in crate::access) type PartnerRow = (String, NaiveDateTime, Option<String>, Option<String>);

pub(in crate::access) fn partners(tx: &mut Tx) -> Result<Vec<PartnerRow>, DbError> {
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

/// A partner's own limits, locked until the transaction ends, empty where it has none; none where there is no such
/// partner.
pub(in crate::access) fn lock_partner_limits(
    tx: &mut Tx,
    code: &str,
) -> Result<Option<String>, DbError> {
    let row: Option<Option<String>> =
        diesel::update(partners::table.filter(partners::partner_code.eq(code)))
            .set(partners::rate_limits.eq(partners::rate_limits))
            .returning(partners::rate_limits)
            .get_result(tx.connection())
            .optional()?;
    Ok(row.map(Option::unwrap_or_default))
}

pub(in crate::access) fn set_partner_limits(
    tx: &mut Tx,
    code: &str,
    limits: Option<&str>,
) -> Result<(), DbError> {
    diesel::update(partners::table.filter(partners::partner_code.eq(code)))
        .set(partners::rate_limits.eq(limits))
        .execute(tx.connection())?;
    Ok(())
}
