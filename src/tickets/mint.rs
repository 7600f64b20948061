//! Mints tickets: a run of codes is taken at once, and the tickets are written chunk by chunk.
//!
//! Until the last chunk is written, the tickets of a mint are shown to nobody.

use chrono::NaiveDate;

use super::model::{CodeRun, Mint};
use super::store::{self, EntitlementRow};
use crate::catalog::{Product, ProductFunction};
use crate::db::{DbError, Tx};
use crate::kernel::{FunctionCode, PartnerCode, Timestamp};

/// Takes a run of codes of a product's day; no gaps and no code twice, whoever else does the same.
///
/// # Errors
/// The database's.
pub fn take_codes(
    tx: &mut Tx,
    product: &Product,
    quantity: i64,
    day: NaiveDate,
    now: Timestamp,
) -> Result<CodeRun, DbError> {
    let day = day.format("%Y%m%d").to_string();
    let product_code = product.product_code.as_str();
    let first_sequence = store::take_sequence(tx, product_code, &day, quantity, now)?;
    Ok(CodeRun { code_prefix: format!("OTA-{product_code}-{day}"), first_sequence, quantity })
}

/// Hides the tickets of a mint until it is finished.
///
/// # Errors
/// The database's.
pub fn begin_mint(
    tx: &mut Tx,
    partner: &PartnerCode,
    batch_id: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    store::insert_unfinished(tx, partner, batch_id, now)
}

/// Shows the tickets of a mint.
///
/// # Errors
/// The database's.
pub fn finish_mint(tx: &mut Tx, partner: &PartnerCode, batch_id: &str) -> Result<(), DbError> {
    store::delete_unfinished(tx, partner, batch_id)
}

/// Counts the tickets of a finished mint, so that lists know their total.
///
/// # Errors
/// The database's.
pub fn count_mint(
    tx: &mut Tx,
    partner: &PartnerCode,
    (product_id, tickets): (i64, i64),
    now: Timestamp,
) -> Result<(), DbError> {
    store::add_to_total(tx, partner, (product_id, tickets), now)
}

/// Writes up to `count` tickets of a run, from its `from`th one on; gives how many that were.
///
/// # Errors
/// The database's.
pub fn mint_chunk(
    tx: &mut Tx,
    (partner, mint): (&PartnerCode, &Mint),
    run: &CodeRun,
    (from, count): (i64, i64),
    now: Timestamp,
) -> Result<i64, DbError> {
    let codes: Vec<Option<String>> = run.part(from, count).map(Some).collect();
    let written = i64::try_from(codes.len()).unwrap_or(count);
    store::insert_tickets(tx, partner, mint, codes.clone(), now)?;
    store::insert_entitlements(tx, &mint.product.functions, codes, now)?;
    Ok(written)
}

/// What the tickets of a mint that has begun entitle to, in order, whatever became of their product since; none where
/// no ticket is written yet.
///
/// # Errors
/// The database's.
pub fn minted_functions(tx: &mut Tx, run: &CodeRun) -> Result<Vec<ProductFunction>, DbError> {
    let Some(first) = run.all().next() else { return Ok(Vec::new()) };
    let rows = store::entitlements(tx, &[&first])?;
    let function = |row: EntitlementRow| {
        let function_code = FunctionCode::parse(&row.function_code).ok()?;
        let (function_name, uses) = (row.function_name, row.total_uses);
        Some(ProductFunction { function_code, function_name, uses })
    };
    Ok(rows.into_iter().filter_map(function).collect())
}
