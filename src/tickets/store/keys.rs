//! Queries that count codes by the key that sealed them.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::db::schema::qr_codes;
use crate::db::{DbError, Statement, Tx};
use crate::kernel::Timestamp;

/// A key, and how many codes need it.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct KeyCodes {
    /// The key.
    #[diesel(sql_type = Text)]
    pub key_id: String,
    /// The codes that it sealed and that may be needed yet.
    #[diesel(sql_type = BigInt)]
    pub live_codes: i64,
}

/// Codes of these keys that count now, on tickets in one of these statuses, by key.
pub(in crate::tickets) fn live_codes_by_key(
    tx: &mut Tx,
    key_ids: &[&str],
    statuses: &[&str],
    now: Timestamp,
) -> Result<Vec<KeyCodes>, DbError> {
    Statement::new(
        "SELECT qr_codes.key_id, count(*) AS live_codes FROM qr_codes \
         JOIN tickets ON tickets.ticket_code = qr_codes.ticket_code WHERE qr_codes.key_id",
    )
    .is_one_of(key_ids.iter().copied())
    .sql(" AND qr_codes.superseded_at IS NULL AND qr_codes.expires_at > ")
    .time(now)
    .sql(" AND tickets.status")
    .is_one_of(statuses.iter().copied())
    .sql(" GROUP BY qr_codes.key_id")
    .load(tx)
}

/// Codes that a key ever sealed.
pub(in crate::tickets) fn sealed_by(tx: &mut Tx, key_id: &str) -> Result<i64, DbError> {
    let codes = qr_codes::table.filter(qr_codes::key_id.eq(key_id)).count();
    Ok(codes.get_result(tx.connection())?)
}
