//! Generates a batch: begins it with its first chunk, and goes on chunk by chunk.

use std::sync::Arc;

use super::error::OtaError;
use super::model::{GenerateSettings, Order};
use super::store::{self, BatchRow};
use crate::access::GeneratePermit;
use crate::catalog::Product;
use crate::db::Tx;
use crate::jobs::{self, Lease, Worker};
use crate::kernel::{PartnerCode, Timestamp};
use crate::tickets::{self, CodeRun, Mint};

/// The kind of the jobs that generate batches.
pub(super) const JOB: &str = "generate_batch";

/// A batch that somebody ordered.
#[derive(Clone, Debug)]
pub(super) struct NewBatch {
    pub(super) batch_id: String,
    pub(super) order: Order,
    pub(super) product: Arc<Product>,
}

/// A batch in the database.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) partner_code: PartnerCode,
    pub(super) batch_id: String,
    pub(super) order: Order,
    pub(super) run: CodeRun,
    pub(super) generated: i64,
    pub(super) is_complete: bool,
    pub(super) created_at: Timestamp,
}

impl Batch {
    fn key(&self) -> (&PartnerCode, &str) {
        (&self.partner_code, &self.batch_id)
    }

    fn mint(&self, product: &Arc<Product>) -> Mint {
        Mint {
            batch_id: self.batch_id.clone(),
            product: Arc::clone(product),
            status: self.order.distribution_mode.initial_status(),
            customer: self.order.customer.clone(),
            valid_from: self.order.valid_from_ms.map(Timestamp::from_millis),
            valid_until: self.order.valid_until_ms.map(Timestamp::from_millis),
        }
    }
}

/// What became of an order.
#[derive(Debug)]
pub(super) enum Begun {
    /// It was generated before, or is being generated.
    Known(Batch),
    /// It is new, and complete.
    Complete(Batch),
    /// It is new, and the rest of it is to be written under this lease.
    Unfinished(Batch, Lease),
}

/// Begins a batch: takes its whole run of codes and writes its first chunk.
pub(super) fn begin(
    tx: &mut Tx,
    permit: &GeneratePermit,
    (new, worker): (NewBatch, &Worker),
    settings: &GenerateSettings,
    now: Timestamp,
) -> Result<Begun, OtaError> {
    let partner = permit.partner();
    if let Some(row) = store::find(tx, partner, &new.batch_id)? {
        if row.fingerprint != new.order.fingerprint() {
            return Err(OtaError::BatchConflict(new.batch_id));
        }
        return Ok(Begun::Known(batch(partner, &new.batch_id, row)?));
    }
    if !new.product.is_active {
        return Err(OtaError::ProductInactive(new.product.product_id));
    }
    let day = now.day_in(settings.timezone);
    let run = tickets::take_codes(tx, &new.product, new.order.quantity, day, now)?;
    store::insert(tx, (partner, &new.batch_id), &new.order, &run, now)?;
    let mut batch = Batch {
        partner_code: partner.clone(),
        batch_id: new.batch_id,
        order: new.order,
        run,
        generated: 0,
        is_complete: false,
        created_at: now,
    };
    if write_chunk(tx, &mut batch, &new.product, settings.chunk, now)? {
        return Ok(Begun::Complete(batch));
    }
    tickets::begin_mint(tx, partner, &batch.batch_id, now)?;
    let lease = jobs::enqueue(tx, worker, JOB, &subject(&batch), now)?;
    Ok(Begun::Unfinished(batch, lease))
}

/// Writes the next chunk of a batch under its lease; tells whether it is complete now.
pub(super) fn go_on(
    tx: &mut Tx,
    lease: &Lease,
    (batch, product): (&mut Batch, &Arc<Product>),
    chunk: i64,
    now: Timestamp,
) -> Result<bool, OtaError> {
    jobs::renew(tx, lease, now)?;
    let is_complete = write_chunk(tx, batch, product, chunk, now)?;
    if is_complete {
        tickets::finish_mint(tx, &batch.partner_code, &batch.batch_id)?;
        jobs::finish(tx, lease)?;
    }
    Ok(is_complete)
}

/// A batch as it is now.
pub(super) fn read_batch(
    tx: &mut Tx,
    partner: &PartnerCode,
    batch_id: &str,
) -> Result<Option<Batch>, OtaError> {
    let row = store::find(tx, partner, batch_id)?;
    row.map(|row| batch(partner, batch_id, row)).transpose()
}

/// The batch that an abandoned job was about.
pub(super) fn batch_of_job(tx: &mut Tx, lease: &Lease) -> Result<Batch, OtaError> {
    let unreadable = || OtaError::UnreadableOrder(lease.subject.clone());
    let (partner, batch_id): (PartnerCode, String) =
        serde_json::from_str(&lease.subject).map_err(|_| unreadable())?;
    read_batch(tx, &partner, &batch_id)?.ok_or_else(unreadable)
}

fn subject(batch: &Batch) -> String {
    serde_json::json!([batch.partner_code, batch.batch_id]).to_string()
}

fn write_chunk(
    tx: &mut Tx,
    batch: &mut Batch,
    product: &Arc<Product>,
    chunk: i64,
    now: Timestamp,
) -> Result<bool, OtaError> {
    let mint = batch.mint(product);
    let part = (batch.generated, chunk);
    let written = tickets::mint_chunk(tx, (&batch.partner_code, &mint), &batch.run, part, now)?;
    batch.generated += written;
    batch.is_complete = batch.generated >= batch.order.quantity;
    store::advance(tx, batch.key(), batch.generated)?;
    if batch.is_complete {
        store::complete(tx, batch.key(), &batch.order.without_person(), now)?;
        let minted = (batch.order.product_id, batch.order.quantity);
        tickets::count_mint(tx, &batch.partner_code, minted, now)?;
    }
    Ok(batch.is_complete)
}

fn batch(partner: &PartnerCode, batch_id: &str, row: BatchRow) -> Result<Batch, OtaError> {
    let unreadable = |_| OtaError::UnreadableOrder(batch_id.to_owned());
    Ok(Batch {
        partner_code: partner.clone(),
        batch_id: batch_id.to_owned(),
        order: serde_json::from_str(&row.request).map_err(unreadable)?,
        run: CodeRun {
            code_prefix: row.code_prefix,
            first_sequence: row.first_sequence,
            quantity: row.quantity,
        },
        generated: row.generated,
        is_complete: row.completed_at.is_some(),
        created_at: Timestamp::from_naive_utc(row.created_at),
    })
}
