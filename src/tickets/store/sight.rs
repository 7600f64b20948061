//! One statement that reads all there is to see of a ticket: itself, what is on it, and one of its QR codes.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text, Timestamp as SqlTimestamp};

use super::{CodeRow, EntitlementRow, IS_SHOWN, TicketRow};
use crate::db::{Rows, Statement};
use crate::kernel::{Jti, TicketCode};

/// A ticket with one of its entitlements and the code that was asked for: a row for each entitlement.
#[derive(Debug, QueryableByName)]
pub struct SightRow {
    /// Which of the wanted tickets it is.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::tickets) position: i64,
    #[diesel(embed)]
    pub(in crate::tickets) ticket: TicketRow,
    #[diesel(embed)]
    pub(in crate::tickets) entitlement: EntitlementRow,
    #[diesel(embed)]
    pub(in crate::tickets) code: MaybeCode,
}

/// A QR code, where there is one: all of it or nothing.
#[derive(Debug, QueryableByName)]
pub(in crate::tickets) struct MaybeCode {
    #[diesel(sql_type = Nullable<Text>)]
    jti: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    key_id: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    iv: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    issued_at: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    expires_at: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    superseded_at: Option<NaiveDateTime>,
}

impl MaybeCode {
    pub(in crate::tickets) fn recorded(self) -> Option<CodeRow> {
        Some(CodeRow {
            jti: self.jti?,
            key_id: self.key_id?,
            iv: self.iv?,
            issued_at: self.issued_at?,
            expires_at: self.expires_at?,
            superseded_at: self.superseded_at,
        })
    }
}

/// The statement whose rows are [`SightRow`]s for each of these tickets and codes, the first of which is number 0. With one
/// column more: an expression over `tickets`, `entitlements` and a table that is joined for it where a condition holds,
/// which may speak of `wanted.jti` too.
#[must_use]
pub fn sight_statement(
    wanted: &[(TicketCode, Jti)],
    column: &'static str,
    (table, condition): (&'static str, &'static str),
) -> Statement {
    let rows = Rows::new()
        .integers("number", (0_i64..).take(wanted.len()).map(Some).collect())
        .texts("ticket_code", wanted.iter().map(|(code, _)| Some(code.to_string())).collect())
        .texts("jti", wanted.iter().map(|(_, jti)| Some(jti.to_string())).collect());
    Statement::new(
        "SELECT wanted.number, \
         tickets.ticket_code, tickets.partner_code, tickets.batch_id, tickets.product_id, \
         tickets.status, tickets.customer_type, tickets.customer_name, tickets.customer_email, \
         tickets.customer_phone, tickets.valid_from, tickets.valid_until, tickets.order_id, \
         tickets.current_jti, tickets.event_seq, tickets.created_at, \
         entitlements.position, entitlements.function_code, entitlements.function_name, \
         entitlements.total_uses, entitlements.remaining_uses, \
         qr_codes.jti, qr_codes.key_id, qr_codes.iv, qr_codes.issued_at, qr_codes.expires_at, \
         qr_codes.superseded_at, ",
    )
    .sql(column)
    .sql(" FROM ")
    .rows("wanted", rows)
    .join("tickets", "tickets.ticket_code = wanted.ticket_code")
    .join("entitlements", "entitlements.ticket_code = tickets.ticket_code")
    .left_join(
        "qr_codes",
        "qr_codes.ticket_code = tickets.ticket_code AND qr_codes.jti = wanted.jti",
    )
    .left_join(table, condition)
    .sql(" WHERE true")
    .sql(IS_SHOWN)
}
