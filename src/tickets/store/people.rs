//! Queries on the customers of tickets: a walk over them by code, and their erasure.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp as SqlTimestamp};

use crate::db::{DbError, Statement, Tx};

/// A ticket, as far as it is about a person.
#[derive(Debug, QueryableByName)]
pub(in crate::tickets) struct PersonRow {
    #[diesel(sql_type = Text)]
    pub(in crate::tickets) ticket_code: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(in crate::tickets) customer_email: Option<String>,
    /// Whether a name, an email or a phone is there: 1 or 0.
    #[diesel(sql_type = BigInt)]
    pub(in crate::tickets) is_personal: i64,
    /// The end of its validity, or else when it was made.
    #[diesel(sql_type = SqlTimestamp)]
    pub(in crate::tickets) over_at: NaiveDateTime,
}

/// The next tickets behind this code, in the order of their codes, whether they are shown yet or not.
pub(in crate::tickets) fn people_after(
    tx: &mut Tx,
    code: &str,
    limit: i64,
) -> Result<Vec<PersonRow>, DbError> {
    Statement::new(
        "SELECT ticket_code, customer_email, CAST(CASE WHEN customer_name IS NULL \
         AND customer_email IS NULL AND customer_phone IS NULL THEN 0 ELSE 1 END AS BIGINT) \
         AS is_personal, coalesce(valid_until, created_at) AS over_at \
         FROM tickets WHERE ticket_code > ",
    )
    .text(code)
    .sql(" ORDER BY ticket_code LIMIT ")
    .integer(limit)
    .load(tx)
}

/// Blanks name, email and phone of these tickets; gives of how many there was something to blank.
pub(in crate::tickets) fn blank(tx: &mut Tx, codes: &[&str]) -> Result<usize, DbError> {
    if codes.is_empty() {
        return Ok(0);
    }
    Statement::new(
        "UPDATE tickets SET customer_name = NULL, customer_email = NULL, customer_phone = NULL \
         WHERE ticket_code",
    )
    .is_one_of(codes.iter().copied())
    .sql(
        " AND (customer_name IS NOT NULL OR customer_email IS NOT NULL \
         OR customer_phone IS NOT NULL)",
    )
    .execute(tx)
}
