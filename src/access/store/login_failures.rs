//! Queries on log-ins that failed.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamp as SqlTimestamp};

use crate::db::schema::login_failures;
use crate::db::{DbError, Statement, Tx};
use crate::kernel::Timestamp;

/// The tries with one name that were not followed by a success.
#[derive(Debug, Queryable, QueryableByName)]
pub(in crate::access) struct FailureRow {
    #[diesel(sql_type = BigInt)]
    pub(in crate::access) failures: i64,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    pub(in crate::access) locked_until: Option<NaiveDateTime>,
    #[diesel(sql_type = SqlTimestamp)]
    pub(in crate::access) failed_at: NaiveDateTime,
}

pub(in crate::access) fn failures(
    tx: &mut Tx,
    digest: &str,
) -> Result<Option<FailureRow>, DbError> {
    let row = login_failures::table
        .filter(login_failures::username_digest.eq(digest))
        .select((login_failures::failures, login_failures::locked_until, login_failures::failed_at))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

/// Makes the row of a name unless it is there, locks it until the transaction ends, and reads it.
pub(in crate::access) fn lock_failures(
    tx: &mut Tx,
    digest: &str,
    now: Timestamp,
) -> Result<Option<FailureRow>, DbError> {
    let rows: Vec<FailureRow> = Statement::new(
        "INSERT INTO login_failures (username_digest, failures, failed_at, created_at) VALUES (",
    )
    .text(digest)
    .sql(", 0, ")
    .time(now)
    .sql(", ")
    .time(now)
    .sql(
        ") ON CONFLICT (username_digest) DO UPDATE SET failures = login_failures.failures \
         RETURNING failures, locked_until, failed_at",
    )
    .load(tx)?;
    Ok(rows.into_iter().next())
}

pub(in crate::access) fn set_failures(
    tx: &mut Tx,
    digest: &str,
    row: &FailureRow,
) -> Result<(), DbError> {
    diesel::update(login_failures::table.filter(login_failures::username_digest.eq(digest)))
        .set((
            login_failures::failures.eq(row.failures),
            login_failures::locked_until.eq(row.locked_until),
            login_failures::failed_at.eq(row.failed_at),
        ))
        .execute(tx.connection())?;
    Ok(())
}

pub(in crate::access) fn clear_failures(tx: &mut Tx, digest: &str) -> Result<(), DbError> {
    diesel::delete(login_failures::table.filter(login_failures::username_digest.eq(digest)))
        .execute(tx.connection())?;
    Ok(())
}

/// Deletes up to `chunk` rows that are older than `before`, or older than the newest `kept` and not locked; counts them.
pub(in crate::access) fn delete_old_failures(
    tx: &mut Tx,
    (before, now): (Timestamp, Timestamp),
    kept: i64,
    chunk: i64,
) -> Result<usize, DbError> {
    Statement::new(
        "DELETE FROM login_failures WHERE username_digest IN \
         (SELECT username_digest FROM login_failures WHERE failed_at < ",
    )
    .time(before)
    .sql(
        " OR (failed_at <= (SELECT failed_at FROM login_failures ORDER BY failed_at DESC \
         LIMIT 1 OFFSET ",
    )
    .integer(kept)
    .sql(") AND (locked_until IS NULL OR locked_until <= ")
    .time(now)
    .sql(")) LIMIT ")
    .integer(chunk)
    .sql(")")
    .execute(tx)
}
