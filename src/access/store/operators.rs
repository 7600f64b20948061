//! Queries on operators and their sessions.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::{operator_sessions, operators};
use crate::db::{DbError, Statement, Tx};
use crate::http::Page;
use crate::kernel::Timestamp;

/// An operator as it is stored, without the password's hash.
#[derive(Debug, Queryable)]
pub(in crate::access) struct OperatorRow {
    pub(in crate::access) username: String,
    pub(in crate::access) display_name: String,
    pub(in crate::access) role: String,
    pub(in crate::access) disabled_at: Option<NaiveDateTime>,
    pub(in crate::access) created_at: NaiveDateTime,
}

/// The columns of an [`OperatorRow`].
const COLUMNS: (
    operators::username,
    operators::display_name,
    operators::role,
    operators::disabled_at,
    operators::created_at,
) = (
    operators::username,
    operators::display_name,
    operators::role,
    operators::disabled_at,
    operators::created_at,
);

pub(in crate::access) fn operator(
    tx: &mut Tx,
    username: &str,
) -> Result<Option<OperatorRow>, DbError> {
    let row = operators::table
        .filter(operators::username.eq(username))
        .select(COLUMNS)
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

/// A page of the operators by name, and how many there are.
pub(in crate::access) fn operators_page(
    tx: &mut Tx,
    page: Page,
) -> Result<(Vec<OperatorRow>, i64), DbError> {
    let total = operators::table.count().get_result(tx.connection())?;
    let rows = operators::table
        .order(operators::username)
        .limit(page.limit)
        .offset(page.offset())
        .select(COLUMNS)
        .load(tx.connection())?;
    Ok((rows, total))
}

/// The hash of an active operator's password.
pub(in crate::access) fn active_password_hash(
    tx: &mut Tx,
    username: &str,
) -> Result<Option<String>, DbError> {
    let hash = operators::table
        .filter(operators::username.eq(username).and(operators::disabled_at.is_null()))
        .select(operators::password_hash)
        .first(tx.connection())
        .optional()?;
    Ok(hash)
}

/// A new operator.
#[derive(Debug)]
pub(in crate::access) struct NewOperatorRow<'o> {
    pub(in crate::access) username: &'o str,
    pub(in crate::access) display_name: &'o str,
    pub(in crate::access) role: &'o str,
    pub(in crate::access) password_hash: &'o str,
}

pub(in crate::access) fn insert_operator(
    tx: &mut Tx,
    row: &NewOperatorRow<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(operators::table)
        .values((
            operators::username.eq(row.username),
            operators::display_name.eq(row.display_name),
            operators::role.eq(row.role),
            operators::password_hash.eq(row.password_hash),
            operators::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Locks the admins who are not disabled until the transaction ends; gives their names.
pub(in crate::access) fn lock_active_admins(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let active_admins = operators::role.eq("admin").and(operators::disabled_at.is_null());
    let names = diesel::update(operators::table.filter(active_admins))
        .set(operators::role.eq(operators::role))
        .returning(operators::username)
        .get_results(tx.connection())?;
    Ok(names)
}

/// Locks an operator until the transaction ends, and reads it.
pub(in crate::access) fn lock_operator(
    tx: &mut Tx,
    username: &str,
) -> Result<Option<OperatorRow>, DbError> {
    let row = diesel::update(operators::table.filter(operators::username.eq(username)))
        .set(operators::role.eq(operators::role))
        .returning(COLUMNS)
        .get_results(tx.connection())?;
    Ok(row.into_iter().next())
}

/// Locks an operator who is active and still has the password of this hash, and reads it.
pub(in crate::access) fn lock_operator_with_hash(
    tx: &mut Tx,
    username: &str,
    password_hash: &str,
) -> Result<Option<OperatorRow>, DbError> {
    let still_so = operators::username
        .eq(username)
        .and(operators::password_hash.eq(password_hash))
        .and(operators::disabled_at.is_null());
    let row = diesel::update(operators::table.filter(still_so))
        .set(operators::role.eq(operators::role))
        .returning(COLUMNS)
        .get_results(tx.connection())?;
    Ok(row.into_iter().next())
}

/// Writes an operator's row, and the hash of a new password if there is one.
pub(in crate::access) fn update_operator(
    tx: &mut Tx,
    row: &OperatorRow,
    password_hash: Option<&str>,
) -> Result<(), DbError> {
    let own = || operators::table.filter(operators::username.eq(&row.username));
    diesel::update(own())
        .set((
            operators::display_name.eq(&row.display_name),
            operators::role.eq(&row.role),
            operators::disabled_at.eq(row.disabled_at),
        ))
        .execute(tx.connection())?;
    if let Some(hash) = password_hash {
        diesel::update(own()).set(operators::password_hash.eq(hash)).execute(tx.connection())?;
    }
    Ok(())
}

/// A session with its operator.
#[derive(Debug, Queryable)]
pub(in crate::access) struct SessionRow {
    pub(in crate::access) username: String,
    pub(in crate::access) role: String,
    pub(in crate::access) secret_hash: Vec<u8>,
    pub(in crate::access) expires_at: NaiveDateTime,
    pub(in crate::access) revoked_at: Option<NaiveDateTime>,
    pub(in crate::access) disabled_at: Option<NaiveDateTime>,
}

pub(in crate::access) fn session(tx: &mut Tx, prefix: &str) -> Result<Option<SessionRow>, DbError> {
    let row = operator_sessions::table
        .inner_join(operators::table)
        .filter(operator_sessions::token_prefix.eq(prefix))
        .select((
            operators::username,
            operators::role,
            operator_sessions::secret_hash,
            operator_sessions::expires_at,
            operator_sessions::revoked_at,
            operators::disabled_at,
        ))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

/// A new session: its token's prefix, and the SHA-256 of the token's secret.
#[derive(Debug)]
pub(in crate::access) struct NewSession<'s> {
    pub(in crate::access) prefix: &'s str,
    pub(in crate::access) username: &'s str,
    pub(in crate::access) secret_hash: &'s [u8],
    pub(in crate::access) expires_at: Timestamp,
}

pub(in crate::access) fn insert_session(
    tx: &mut Tx,
    session: &NewSession<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(operator_sessions::table)
        .values((
            operator_sessions::token_prefix.eq(session.prefix),
            operator_sessions::username.eq(session.username),
            operator_sessions::secret_hash.eq(session.secret_hash),
            operator_sessions::expires_at.eq(session.expires_at.naive_utc()),
            operator_sessions::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

pub(in crate::access) fn revoke_session(
    tx: &mut Tx,
    prefix: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let open =
        operator_sessions::token_prefix.eq(prefix).and(operator_sessions::revoked_at.is_null());
    diesel::update(operator_sessions::table.filter(open))
        .set(operator_sessions::revoked_at.eq(now.naive_utc()))
        .execute(tx.connection())?;
    Ok(())
}

/// Revokes an operator's sessions, but for the one with this prefix.
pub(in crate::access) fn revoke_sessions(
    tx: &mut Tx,
    username: &str,
    kept: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    // No token has an empty prefix.
    let open = operator_sessions::username
        .eq(username)
        .and(operator_sessions::token_prefix.ne(kept.unwrap_or_default()))
        .and(operator_sessions::revoked_at.is_null());
    diesel::update(operator_sessions::table.filter(open))
        .set(operator_sessions::revoked_at.eq(now.naive_utc()))
        .execute(tx.connection())?;
    Ok(())
}

/// Deletes up to `chunk` sessions that ended before a time; counts them.
pub(in crate::access) fn delete_old_sessions(
    tx: &mut Tx,
    before: Timestamp,
    chunk: i64,
) -> Result<usize, DbError> {
    Statement::new(
        "DELETE FROM operator_sessions WHERE token_prefix IN \
         (SELECT token_prefix FROM operator_sessions WHERE expires_at < ",
    )
    .time(before)
    .sql(" OR revoked_at < ")
    .time(before)
    .sql(" LIMIT ")
    .integer(chunk)
    .sql(")")
    .execute(tx)
}
