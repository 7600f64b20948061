//! Queries on tickets, entitlements, QR codes, sequences and mints. Every statement on a ticket carries its code.

mod keys;
mod mint;
mod people;
mod sight;

pub use keys::KeyCodes;
pub(super) use keys::{live_codes_by_key, sealed_by};
pub(super) use mint::{
    add_to_total, delete_unfinished, insert_entitlements, insert_tickets, insert_unfinished,
    take_sequence,
};

pub(super) use people::{PersonRow, blank, people_after};
pub use sight::{SightRow, sight_statement};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text, Timestamp as SqlTimestamp};

use super::model::{IssuedCode, TicketFilter};
use crate::db::schema::qr_codes;
use crate::db::{DbError, Rows, Statement, Tx};
use crate::kernel::{PartnerCode, TicketCode, Timestamp};

/// A ticket as it is stored.
#[derive(Debug, QueryableByName)]
pub(super) struct TicketRow {
    #[diesel(sql_type = Text)]
    pub(super) ticket_code: String,
    #[diesel(sql_type = Text)]
    pub(super) partner_code: String,
    #[diesel(sql_type = Text)]
    pub(super) batch_id: String,
    #[diesel(sql_type = BigInt)]
    pub(super) product_id: i64,
    #[diesel(sql_type = Text)]
    pub(super) status: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) customer_type: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) customer_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) customer_email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) customer_phone: Option<String>,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    pub(super) valid_from: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    pub(super) valid_until: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) order_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) current_jti: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub(super) event_seq: i64,
    #[diesel(sql_type = SqlTimestamp)]
    pub(super) created_at: NaiveDateTime,
}

/// An entitlement as it is stored.
#[derive(Debug, QueryableByName)]
pub(super) struct EntitlementRow {
    #[diesel(sql_type = Text)]
    pub(super) ticket_code: String,
    #[diesel(sql_type = Text)]
    pub(super) function_code: String,
    #[diesel(sql_type = Text)]
    pub(super) function_name: String,
    #[diesel(sql_type = BigInt)]
    pub(super) total_uses: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) remaining_uses: i64,
}

/// A QR code as it is stored.
#[derive(Debug, QueryableByName)]
pub(super) struct CodeRow {
    #[diesel(sql_type = Text)]
    pub(super) jti: String,
    #[diesel(sql_type = Text)]
    pub(super) key_id: String,
    #[diesel(sql_type = Binary)]
    pub(super) iv: Vec<u8>,
    #[diesel(sql_type = SqlTimestamp)]
    pub(super) issued_at: NaiveDateTime,
    #[diesel(sql_type = SqlTimestamp)]
    pub(super) expires_at: NaiveDateTime,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    pub(super) superseded_at: Option<NaiveDateTime>,
}

const COLUMNS: &str = " ticket_code, partner_code, batch_id, product_id, status, customer_type, \
     customer_name, customer_email, customer_phone, valid_from, valid_until, order_id, \
     current_jti, event_seq, created_at ";

/// Tickets of a batch that is still being made are not there yet, as anybody but their maker sees it.
const IS_SHOWN: &str = " AND NOT EXISTS (SELECT 1 FROM unfinished_mints \
     WHERE unfinished_mints.partner_code = tickets.partner_code \
     AND unfinished_mints.batch_id = tickets.batch_id)";

/// Locks tickets, gives each its next event number, and reads them. No code for an unknown ticket.
pub(super) fn lock_and_number(
    tx: &mut Tx,
    codes: &[&TicketCode],
) -> Result<Vec<TicketRow>, DbError> {
    Statement::new("UPDATE tickets SET event_seq = event_seq + 1 WHERE ticket_code")
        .is_one_of(codes.iter().map(|code| code.as_str()))
        .sql(" RETURNING")
        .sql(COLUMNS)
        .load(tx)
}

/// Locks a ticket without giving it an event number, and reads it.
pub(super) fn lock(tx: &mut Tx, code: &TicketCode) -> Result<Option<TicketRow>, DbError> {
    let rows: Vec<TicketRow> =
        Statement::new("UPDATE tickets SET event_seq = event_seq WHERE ticket_code = ")
            .text(code.as_str())
            .sql(IS_SHOWN)
            .sql(" RETURNING")
            .sql(COLUMNS)
            .load(tx)?;
    Ok(rows.into_iter().next())
}

pub(super) fn find(tx: &mut Tx, code: &TicketCode) -> Result<Option<TicketRow>, DbError> {
    let rows: Vec<TicketRow> = Statement::new("SELECT")
        .sql(COLUMNS)
        .sql("FROM tickets WHERE ticket_code = ")
        .text(code.as_str())
        .sql(IS_SHOWN)
        .load(tx)?;
    Ok(rows.into_iter().next())
}

/// Entitlements of these tickets, each ticket's in the product's order.
pub(super) fn entitlements(
    tx: &mut Tx,
    codes: &[&TicketCode],
) -> Result<Vec<EntitlementRow>, DbError> {
    Statement::new(
        "SELECT ticket_code, function_code, function_name, total_uses, remaining_uses \
         FROM entitlements WHERE ticket_code",
    )
    .is_one_of(codes.iter().map(|code| code.as_str()))
    .sql(" ORDER BY ticket_code, position")
    .load(tx)
}

/// Takes one use off each of these entitlements, (ticket, function).
pub(super) fn take_uses(tx: &mut Tx, uses: &[(&str, &str)]) -> Result<usize, DbError> {
    let rows = Rows::new()
        .texts("ticket", uses.iter().map(|(ticket, _)| Some((*ticket).to_owned())).collect())
        .texts("func", uses.iter().map(|(_, function)| Some((*function).to_owned())).collect());
    Statement::new("UPDATE entitlements SET remaining_uses = remaining_uses - 1 FROM ")
        .rows("taken", rows)
        .sql(
            " WHERE entitlements.ticket_code = taken.ticket \
             AND entitlements.function_code = taken.func",
        )
        .execute(tx)
}

/// Gives one use back.
pub(super) fn give_back_use(
    tx: &mut Tx,
    code: &TicketCode,
    function: &str,
) -> Result<usize, DbError> {
    Statement::new(
        "UPDATE entitlements SET remaining_uses = remaining_uses + 1 WHERE ticket_code = ",
    )
    .text(code.as_str())
    .sql(" AND function_code = ")
    .text(function)
    .execute(tx)
}

/// Moves tickets from one status to another.
pub(super) fn set_status(
    tx: &mut Tx,
    codes: &[&TicketCode],
    from: &str,
    to: &str,
) -> Result<usize, DbError> {
    Statement::new("UPDATE tickets SET status = ")
        .text(to)
        .sql(" WHERE ticket_code")
        .is_one_of(codes.iter().map(|code| code.as_str()))
        .sql(" AND status = ")
        .text(from)
        .execute(tx)
}

pub(super) fn give_back_numbers(tx: &mut Tx, codes: &[&TicketCode]) -> Result<usize, DbError> {
    Statement::new("UPDATE tickets SET event_seq = event_seq - 1 WHERE ticket_code")
        .is_one_of(codes.iter().map(|code| code.as_str()))
        .execute(tx)
}

const CODE_COLUMNS: &str = "SELECT jti, key_id, iv, issued_at, expires_at, superseded_at FROM qr_codes WHERE ticket_code = ";

pub(super) fn code(
    tx: &mut Tx,
    ticket: &TicketCode,
    jti: &str,
) -> Result<Option<CodeRow>, DbError> {
    let rows: Vec<CodeRow> =
        Statement::new(CODE_COLUMNS).text(ticket.as_str()).sql(" AND jti = ").text(jti).load(tx)?;
    Ok(rows.into_iter().next())
}

/// The ticket that a QR code was issued for.
pub(super) fn ticket_of_code(tx: &mut Tx, jti: &str) -> Result<Option<String>, DbError> {
    let found = qr_codes::table
        .filter(qr_codes::jti.eq(jti))
        .select(qr_codes::ticket_code)
        .first(tx.connection())
        .optional()?;
    Ok(found)
}

/// Marks a ticket's current code as superseded.
pub(super) fn supersede(
    tx: &mut Tx,
    ticket: &TicketCode,
    jti: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    Statement::new("UPDATE qr_codes SET superseded_at = ")
        .time(now)
        .sql(" WHERE ticket_code = ")
        .text(ticket.as_str())
        .sql(" AND jti = ")
        .text(jti)
        .sql(" AND superseded_at IS NULL")
        .execute(tx)?;
    Ok(())
}

/// Stores a new code and makes it its ticket's current one.
pub(super) fn insert_code(tx: &mut Tx, code: &IssuedCode) -> Result<(), DbError> {
    let jti = code.claims.jti.to_string();
    let ticket = code.claims.ticket_code.as_str();
    diesel::insert_into(qr_codes::table)
        .values((
            qr_codes::ticket_code.eq(ticket),
            qr_codes::jti.eq(&jti),
            qr_codes::key_id.eq(&code.sealing.key_id),
            qr_codes::iv.eq(code.sealing.iv.as_slice()),
            qr_codes::issued_at.eq(code.issued_at.naive_utc()),
            qr_codes::expires_at.eq(code.claims.expires_at.naive_utc()),
            qr_codes::created_at.eq(code.issued_at.naive_utc()),
        ))
        .execute(tx.connection())?;
    Statement::new("UPDATE tickets SET current_jti = ")
        .text(jti.as_str())
        .sql(" WHERE ticket_code = ")
        .text(ticket)
        .execute(tx)?;
    Ok(())
}

/// A page of a partner's tickets by batch and code, and how many there are in all.
pub(super) fn list(
    tx: &mut Tx,
    partner: &PartnerCode,
    filter: &TicketFilter,
    (offset, limit): (i64, i64),
) -> Result<(Vec<TicketRow>, i64), DbError> {
    let count = if filter.batch_id.is_none() && filter.status.is_none() {
        total_of(partner, filter)
    } else {
        chosen(Statement::new("SELECT count(*) AS total"), partner, filter)
    };
    let total: Vec<Total> = count.load(tx)?;
    let page = Statement::new("SELECT").sql(COLUMNS);
    let rows = chosen(page, partner, filter)
        .sql(" ORDER BY batch_id, ticket_code LIMIT ")
        .integer(limit)
        .sql(" OFFSET ")
        .integer(offset)
        .load(tx)?;
    Ok((rows, total.first().map_or(0, |row| row.total)))
}

/// All tickets of a batch, by code.
pub(super) fn all_of_batch(
    tx: &mut Tx,
    partner: &PartnerCode,
    batch_id: &str,
) -> Result<Vec<TicketRow>, DbError> {
    let filter = TicketFilter { batch_id: Some(batch_id.to_owned()), ..TicketFilter::default() };
    chosen(Statement::new("SELECT").sql(COLUMNS), partner, &filter)
        .sql(" ORDER BY batch_id, ticket_code")
        .load(tx)
}

/// How many tickets are shown of a partner, or of one of its products: kept, not counted.
fn total_of(partner: &PartnerCode, filter: &TicketFilter) -> Statement {
    let total = Statement::new(
        "SELECT CAST(coalesce(sum(minted), 0) AS BIGINT) AS total \
         FROM ticket_totals WHERE partner_code = ",
    )
    .text(partner.as_str());
    match filter.product_id {
        Some(product_id) => total.sql(" AND product_id = ").integer(product_id),
        None => total,
    }
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

fn chosen(statement: Statement, partner: &PartnerCode, filter: &TicketFilter) -> Statement {
    let mut query =
        statement.sql(" FROM tickets WHERE partner_code = ").text(partner.as_str()).sql(IS_SHOWN);
    if let Some(batch_id) = &filter.batch_id {
        query = query.sql(" AND batch_id = ").text(batch_id.as_str());
    }
    if let Some(status) = filter.status {
        query = query.sql(" AND status = ").text(status.name());
    }
    if let Some(product_id) = filter.product_id {
        query = query.sql(" AND product_id = ").integer(product_id);
    }
    query
}
