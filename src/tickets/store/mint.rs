//! Queries that mint tickets: sequences, unfinished mints, and the rows of tickets and entitlements.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::catalog::ProductFunction;
use crate::db::schema::unfinished_mints;
use crate::db::{DbError, Rows, Statement, Tx};
use crate::kernel::{PartnerCode, Timestamp};
use crate::tickets::model::Mint;

/// Takes a run of numbers of a product's day; gives the first.
pub(in crate::tickets) fn take_sequence(
    tx: &mut Tx,
    product_code: &str,
    day: &str,
    quantity: i64,
    now: Timestamp,
) -> Result<i64, DbError> {
    let next: Vec<NextSequence> = Statement::new(
        "INSERT INTO ticket_sequences (product_code, day, next_sequence, created_at) VALUES (",
    )
    .text(product_code)
    .sql(", ")
    .text(day)
    .sql(", ")
    .integer(quantity + 1)
    .sql(", ")
    .time(now)
    .sql(") ON CONFLICT (product_code, day) DO UPDATE SET next_sequence = ticket_sequences.next_sequence + ")
    .integer(quantity)
    .sql(" RETURNING next_sequence")
    .load(tx)?;
    let next = next.first().map_or(quantity + 1, |row| row.next_sequence);
    Ok(next - quantity)
}

#[derive(QueryableByName)]
struct NextSequence {
    #[diesel(sql_type = BigInt)]
    next_sequence: i64,
}

pub(in crate::tickets) fn insert_unfinished(
    tx: &mut Tx,
    partner: &PartnerCode,
    batch_id: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(unfinished_mints::table)
        .values((
            unfinished_mints::partner_code.eq(partner.as_str()),
            unfinished_mints::batch_id.eq(batch_id),
            unfinished_mints::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

pub(in crate::tickets) fn delete_unfinished(
    tx: &mut Tx,
    partner: &PartnerCode,
    batch_id: &str,
) -> Result<(), DbError> {
    let mint = unfinished_mints::table.filter(
        unfinished_mints::partner_code
            .eq(partner.as_str())
            .and(unfinished_mints::batch_id.eq(batch_id)),
    );
    diesel::delete(mint).execute(tx.connection())?;
    Ok(())
}

/// Counts the tickets of a finished mint in its partner's total of the product.
pub(in crate::tickets) fn add_to_total(
    tx: &mut Tx,
    partner: &PartnerCode,
    (product_id, tickets): (i64, i64),
    now: Timestamp,
) -> Result<(), DbError> {
    Statement::new(
        "INSERT INTO ticket_totals (partner_code, product_id, minted, created_at) VALUES (",
    )
    .text(partner.as_str())
    .sql(", ")
    .integer(product_id)
    .sql(", ")
    .integer(tickets)
    .sql(", ")
    .time(now)
    .sql(") ON CONFLICT (partner_code, product_id) DO UPDATE SET minted = ticket_totals.minted + excluded.minted")
    .execute(tx)?;
    Ok(())
}

/// Writes tickets that differ in their codes only.
pub(in crate::tickets) fn insert_tickets(
    tx: &mut Tx,
    partner: &PartnerCode,
    mint: &Mint,
    codes: Vec<Option<String>>,
    now: Timestamp,
) -> Result<(), DbError> {
    Statement::new(
        "INSERT INTO tickets (ticket_code, partner_code, batch_id, product_id, status, \
         customer_type, customer_name, customer_email, customer_phone, valid_from, valid_until, \
         event_seq, created_at) SELECT minted.code, ",
    )
    .text(partner.as_str())
    .sql(", ")
    .text(mint.batch_id.as_str())
    .sql(", ")
    .integer(mint.product.product_id)
    .sql(", ")
    .text(mint.status.name())
    .sql(", ")
    .text(mint.customer.kind.as_deref())
    .sql(", ")
    .text(mint.customer.name.as_deref())
    .sql(", ")
    .text(mint.customer.email.as_deref())
    .sql(", ")
    .text(mint.customer.phone.as_deref())
    .sql(", ")
    .time(mint.valid_from)
    .sql(", ")
    .time(mint.valid_until)
    .sql(", 0, ")
    .time(now)
    .sql(" FROM ")
    .rows("minted", Rows::new().texts("code", codes))
    .execute(tx)?;
    Ok(())
}

/// Writes the entitlements of these tickets, which are those of their product.
pub(in crate::tickets) fn insert_entitlements(
    tx: &mut Tx,
    functions: &[ProductFunction],
    codes: Vec<Option<String>>,
    now: Timestamp,
) -> Result<(), DbError> {
    let names = functions.iter().map(|function| Some(function.function_name.clone())).collect();
    let codes_of = functions.iter().map(|function| Some(function.function_code.to_string()));
    let functions_as_rows = Rows::new()
        .texts("code", codes_of.collect())
        .texts("name", names)
        .integers("position", (0_i64..).take(functions.len()).map(Some).collect())
        .integers("uses", functions.iter().map(|function| Some(function.uses)).collect());
    Statement::new(
        "INSERT INTO entitlements (ticket_code, function_code, function_name, position, \
         total_uses, remaining_uses, created_at) \
         SELECT minted.code, func.code, func.name, func.position, func.uses, func.uses, ",
    )
    .time(now)
    .sql(" FROM ")
    .rows("minted", Rows::new().texts("code", codes))
    .sql(" CROSS JOIN ")
    .rows("func", functions_as_rows)
    .execute(tx)?;
    Ok(())
}
