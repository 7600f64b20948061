//! Queries on API keys, and on when keys were last used.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::access::model::{KeyKind, KeySummary, UsedKey, latest_before};
use crate::db::schema::{api_keys, partners, terminals};
use crate::db::{DbError, Tx};
use crate::http::Page;
use crate::kernel::Timestamp;

/// An API key with what proves it.
#[derive(Debug, Queryable)]
pub(in crate::access) struct ApiKeyRow {
    pub(in crate::access) partner_code: String,
    pub(in crate::access) secret_hash: Vec<u8>,
    pub(in crate::access) permissions: String,
    pub(in crate::access) expires_at: Option<NaiveDateTime>,
    pub(in crate::access) revoked_at: Option<NaiveDateTime>,
    pub(in crate::access) last_used_at: Option<NaiveDateTime>,
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
            api_keys::last_used_at,
            partners::disabled_at,
            partners::rate_limits,
        ))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

/// Stores a new key with the SHA-256 of its secret.
pub(in crate::access) fn insert_api_key(
    tx: &mut Tx,
    key: &KeySummary,
    secret_hash: &[u8],
) -> Result<(), DbError> {
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::key_prefix.eq(&key.key_prefix),
            api_keys::partner_code.eq(&key.partner_code),
            api_keys::secret_hash.eq(secret_hash),
            api_keys::permissions.eq(key.permissions.join(",")),
            api_keys::key_name.eq(&key.key_name),
            api_keys::expires_at.eq(key.expires_at.map(Timestamp::naive_utc)),
            api_keys::created_at.eq(key.created_at.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Keeps others from changing a key until the transaction ends; gives it.
pub(in crate::access) fn lock_api_key(
    tx: &mut Tx,
    prefix: &str,
) -> Result<Option<KeySummary>, DbError> {
    diesel::update(api_keys::table.filter(api_keys::key_prefix.eq(prefix)))
        .set(api_keys::created_at.eq(api_keys::created_at))
        .execute(tx.connection())?;
    let row: Option<KeyRow> = api_keys::table
        .filter(api_keys::key_prefix.eq(prefix))
        .select(KEY_COLUMNS)
        .first(tx.connection())
        .optional()?;
    Ok(row.map(KeySummary::from))
}

/// Stores a key's name, permissions, and when it ends and was revoked.
pub(in crate::access) fn update_api_key(tx: &mut Tx, key: &KeySummary) -> Result<(), DbError> {
    diesel::update(api_keys::table.filter(api_keys::key_prefix.eq(&key.key_prefix)))
        .set((
            api_keys::key_name.eq(&key.key_name),
            api_keys::permissions.eq(key.permissions.join(",")),
            api_keys::expires_at.eq(key.expires_at.map(Timestamp::naive_utc)),
            api_keys::revoked_at.eq(key.revoked_at.map(Timestamp::naive_utc)),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// A key as lists show it.
#[derive(Debug, Queryable)]
struct KeyRow {
    key_prefix: String,
    partner_code: String,
    key_name: Option<String>,
    permissions: String,
    created_at: NaiveDateTime,
    expires_at: Option<NaiveDateTime>,
    revoked_at: Option<NaiveDateTime>,
    last_used_at: Option<NaiveDateTime>,
}

const KEY_COLUMNS: (
    api_keys::key_prefix,
    api_keys::partner_code,
    api_keys::key_name,
    api_keys::permissions,
    api_keys::created_at,
    api_keys::expires_at,
    api_keys::revoked_at,
    api_keys::last_used_at,
) = (
    api_keys::key_prefix,
    api_keys::partner_code,
    api_keys::key_name,
    api_keys::permissions,
    api_keys::created_at,
    api_keys::expires_at,
    api_keys::revoked_at,
    api_keys::last_used_at,
);

impl From<KeyRow> for KeySummary {
    fn from(row: KeyRow) -> Self {
        let names = row.permissions.split(',').filter(|name| !name.is_empty());
        Self {
            key_prefix: row.key_prefix,
            partner_code: row.partner_code,
            key_name: row.key_name,
            permissions: names.map(str::to_owned).collect(),
            created_at: Timestamp::from_naive_utc(row.created_at),
            expires_at: row.expires_at.map(Timestamp::from_naive_utc),
            revoked_at: row.revoked_at.map(Timestamp::from_naive_utc),
            last_used_at: row.last_used_at.map(Timestamp::from_naive_utc),
        }
    }
}

/// A page of the keys of a partner, or of all, by partner and age; and how many there are.
pub(in crate::access) fn api_keys_page(
    tx: &mut Tx,
    partner_code: Option<&str>,
    page: Page,
) -> Result<(Vec<KeySummary>, i64), DbError> {
    let chosen = || {
        let mut query = api_keys::table.into_boxed();
        if let Some(code) = partner_code {
            query = query.filter(api_keys::partner_code.eq(code));
        }
        query
    };
    let total = chosen().count().get_result(tx.connection())?;
    let rows: Vec<KeyRow> = chosen()
        .order((api_keys::partner_code, api_keys::created_at, api_keys::key_prefix))
        .limit(page.limit)
        .offset(page.offset())
        .select(KEY_COLUMNS)
        .load(tx.connection())?;
    Ok((rows.into_iter().map(KeySummary::from).collect(), total))
}

/// Writes when a key was used, unless that is written for a minute before it or later.
pub(in crate::access) fn write_use(
    tx: &mut Tx,
    (kind, prefix): &UsedKey,
    at: Timestamp,
) -> Result<(), DbError> {
    let before = latest_before(at).naive_utc();
    match kind {
        KeyKind::Partner => {
            let is_due = api_keys::last_used_at.is_null().or(api_keys::last_used_at.le(before));
            diesel::update(api_keys::table.filter(api_keys::key_prefix.eq(prefix)).filter(is_due))
                .set(api_keys::last_used_at.eq(at.naive_utc()))
                .execute(tx.connection())?;
        }
        KeyKind::Terminal => {
            let is_due = terminals::last_seen_at.is_null().or(terminals::last_seen_at.le(before));
            diesel::update(
                terminals::table.filter(terminals::key_prefix.eq(prefix)).filter(is_due),
            )
            .set(terminals::last_seen_at.eq(at.naive_utc()))
            .execute(tx.connection())?;
        }
        KeyKind::Operator => {}
    }
    Ok(())
}
