//! Queries on partners.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::access::model::{Limits, PartnerSummary};
use crate::db::schema::partners;
use crate::db::{DbError, Tx};
use crate::http::Page;
use crate::kernel::Timestamp;

pub(in crate::access) fn partner_exists(tx: &mut Tx, code: &str) -> Result<bool, DbError> {
    let found: Option<String> = partners::table
        .filter(partners::partner_code.eq(code))
        .select(partners::partner_code)
        .first(tx.connection())
        .optional()?;
    Ok(found.is_some())
}

pub(in crate::access) fn insert_partner(
    tx: &mut Tx,
    code: &str,
    name: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(partners::table)
        .values((
            partners::partner_code.eq(code),
            partners::partner_name.eq(name),
            partners::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// A partner: code, name, disabled at, made at, its own limits.
type PartnerRow = (String, Option<String>, Option<NaiveDateTime>, NaiveDateTime, Option<String>);

const PARTNER_COLUMNS: (
    partners::partner_code,
    partners::partner_name,
    partners::disabled_at,
    partners::created_at,
    partners::rate_limits,
) = (
    partners::partner_code,
    partners::partner_name,
    partners::disabled_at,
    partners::created_at,
    partners::rate_limits,
);

fn summary(
    (partner_code, partner_name, disabled_at, created_at, limits): PartnerRow,
) -> PartnerSummary {
    PartnerSummary {
        partner_code,
        partner_name,
        is_active: disabled_at.is_none(),
        created_at: Timestamp::from_naive_utc(created_at),
        rate_limits: limits.as_deref().and_then(Limits::from_json).unwrap_or_default(),
    }
}

/// Keeps others from changing a partner until the transaction ends; gives it.
pub(in crate::access) fn lock_partner(
    tx: &mut Tx,
    code: &str,
) -> Result<Option<PartnerSummary>, DbError> {
    diesel::update(partners::table.filter(partners::partner_code.eq(code)))
        .set(partners::created_at.eq(partners::created_at))
        .execute(tx.connection())?;
    let row: Option<PartnerRow> = partners::table
        .filter(partners::partner_code.eq(code))
        .select(PARTNER_COLUMNS)
        .first(tx.connection())
        .optional()?;
    Ok(row.map(summary))
}

pub(in crate::access) fn rename_partner(
    tx: &mut Tx,
    code: &str,
    name: Option<&str>,
) -> Result<(), DbError> {
    diesel::update(partners::table.filter(partners::partner_code.eq(code)))
        .set(partners::partner_name.eq(name))
        .execute(tx.connection())?;
    Ok(())
}

/// Disables a partner since a point in time, or enables it.
pub(in crate::access) fn disable_partner(
    tx: &mut Tx,
    code: &str,
    since: Option<Timestamp>,
) -> Result<(), DbError> {
    diesel::update(partners::table.filter(partners::partner_code.eq(code)))
        .set(partners::disabled_at.eq(since.map(Timestamp::naive_utc)))
        .execute(tx.connection())?;
    Ok(())
}

/// A page of the partners by code, and how many there are.
pub(in crate::access) fn partners_page(
    tx: &mut Tx,
    page: Page,
) -> Result<(Vec<PartnerSummary>, i64), DbError> {
    let total = partners::table.count().get_result(tx.connection())?;
    let rows: Vec<PartnerRow> = partners::table
        .order(partners::partner_code)
        .limit(page.limit)
        .offset(page.offset())
        .select(PARTNER_COLUMNS)
        .load(tx.connection())?;
    Ok((rows.into_iter().map(summary).collect(), total))
}

pub(in crate::access) fn set_partner_limits(
    tx: &mut Tx,
    code: &str,
    limits: Option<&str>,
) -> Result<(), DbError> {
    diesel::update(partners::table.filter(partners::partner_code.eq(code)))
        .set(partners::rate_limits.eq(limits))
        .execute(tx.connection())?;
    Ok(())
}
