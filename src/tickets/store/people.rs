//! Queries on the customers of tickets: a walk over them by code, and their erasure.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamp as SqlTimestamp};

use crate::db::{DbError, Statement, Tx};

/// A ticket that has a name, an email or a phone, as far as erasure must know it.
#[derive(Debug, QueryableByName)]
pub(in crate::tickets) struct PersonRow {
    #[diesel(sql_type = Text)]
    pub(in crate::tickets) ticket_code: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(in crate::tickets) customer_email: Option<String>,
    /// The end of its validity, or else when it was made.
    #[diesel(sql_type = SqlTimestamp)]
    pub(in crate::tickets) over_at: NaiveDateTime,
}

/// The next tickets with personal data behind this code, in the order of their codes, whether they are shown yet or not.
/// The literal predicate is that of the partial index, which holds all that is read here.
pub(in crate::tickets) fn people_after(
    tx: &mut Tx,
    code: &str,
    limit: i64,
) -> Result<Vec<PersonRow>, DbError> {
    Statement::new(
        "SELECT ticket_code, customer_email, coalesce(valid_until, created_at) AS over_at \
         FROM tickets WHERE (customer_name IS NOT NULL OR customer_email IS NOT NULL \
         OR customer_phone IS NOT NULL) AND ticket_code > ",
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
