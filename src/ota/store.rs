//! Queries on batches.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::model::Order;
use crate::db::schema::batches;
use crate::db::{DbError, Tx};
use crate::kernel::{PartnerCode, Timestamp};
use crate::tickets::CodeRun;

/// A batch as it is stored.
#[derive(Debug, Queryable)]
pub(super) struct BatchRow {
    pub(super) fingerprint: String,
    pub(super) quantity: i64,
    pub(super) generated: i64,
    pub(super) code_prefix: String,
    pub(super) first_sequence: i64,
    pub(super) request: String,
    pub(super) completed_at: Option<NaiveDateTime>,
    pub(super) created_at: NaiveDateTime,
}

pub(super) fn find(
    tx: &mut Tx,
    partner: &PartnerCode,
    batch_id: &str,
) -> Result<Option<BatchRow>, DbError> {
    let row = batches::table
        .filter(batches::partner_code.eq(partner.as_str()).and(batches::batch_id.eq(batch_id)))
        .select((
            batches::fingerprint,
            batches::quantity,
            batches::generated,
            batches::code_prefix,
            batches::first_sequence,
            batches::request,
            batches::completed_at,
            batches::created_at,
        ))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

pub(super) fn insert(
    tx: &mut Tx,
    (partner, batch_id): (&PartnerCode, &str),
    order: &Order,
    run: &CodeRun,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(batches::table)
        .values((
            batches::partner_code.eq(partner.as_str()),
            batches::batch_id.eq(batch_id),
            batches::fingerprint.eq(order.fingerprint()),
            batches::product_id.eq(order.product_id),
            batches::distribution_mode.eq(order.distribution_mode.name()),
            batches::quantity.eq(order.quantity),
            batches::generated.eq(0),
            batches::code_prefix.eq(&run.code_prefix),
            batches::first_sequence.eq(run.first_sequence),
            batches::request.eq(order.to_json()),
            batches::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Notes how far a batch is.
pub(super) fn advance(
    tx: &mut Tx,
    (partner, batch_id): (&PartnerCode, &str),
    generated: i64,
) -> Result<(), DbError> {
    let batch = batches::table
        .filter(batches::partner_code.eq(partner.as_str()).and(batches::batch_id.eq(batch_id)));
    diesel::update(batch).set(batches::generated.eq(generated)).execute(tx.connection())?;
    Ok(())
}

/// Notes that a batch is complete, and keeps this of its order.
pub(super) fn complete(
    tx: &mut Tx,
    (partner, batch_id): (&PartnerCode, &str),
    order: &Order,
    now: Timestamp,
) -> Result<(), DbError> {
    let batch = batches::table
        .filter(batches::partner_code.eq(partner.as_str()).and(batches::batch_id.eq(batch_id)));
    diesel::update(batch)
        .set((batches::request.eq(order.to_json()), batches::completed_at.eq(now.naive_utc())))
        .execute(tx.connection())?;
    Ok(())
}
