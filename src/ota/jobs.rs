//! Drives batches to their end: the one that was just ordered, and those that a crash left behind.

use std::sync::Arc;
use std::time::Duration;

use super::error::OtaError;
use super::generate::{self, Batch, Begun, JOB, NewBatch};
use super::model::{GenerateSettings, Order};
use crate::access::GeneratePermit;
use crate::catalog::{CatalogView, Product};
use crate::db::{Db, DbError};
use crate::jobs::{self, JobError, Lease, Worker};
use crate::kernel::{Clock, PartnerCode, Stopwatch, sortable_id};
use crate::tickets;

/// How long a request waits for its batch.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it looks whether a batch that another request or server writes is complete.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Chunks that are written in one transaction while nobody redeems, whom they would hold up.
const CHUNKS_ALONE: i64 = 4;

/// What generating needs; clones share it.
#[derive(Clone, Debug)]
pub struct OtaState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Products.
    pub catalog: Arc<CatalogView>,
    /// This process, as its leases name it.
    pub worker: Worker,
    /// How tickets are generated here.
    pub settings: GenerateSettings,
}

/// A batch that is complete.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) batch: Batch,
    pub(super) product: Arc<Product>,
    /// Whether this request made it.
    pub(super) is_new: bool,
}

/// Generates a batch, or finds the one that the same order made before, and waits until it is complete.
pub(super) async fn generate(
    state: &OtaState,
    permit: GeneratePermit,
    batch_id: Option<String>,
    order: Order,
) -> Result<Generated, OtaError> {
    let product_id = order.product_id;
    let product = state.catalog.product(product_id).await?;
    let product = product.ok_or(OtaError::ProductNotFound(product_id))?;
    let batch_id = batch_id.unwrap_or_else(|| format!("B-{}", sortable_id()));
    let partner = permit.partner().clone();
    let new = NewBatch { batch_id: batch_id.clone(), order, product: Arc::clone(&product) };
    match begin(state, permit, new).await? {
        Begun::Complete(batch) => Ok(Generated { batch, product, is_new: true }),
        Begun::Known(batch) if batch.is_complete => Ok(Generated { batch, product, is_new: false }),
        Begun::Known(_) => {
            let batch = wait_for(state, partner, batch_id).await?;
            Ok(Generated { batch, product, is_new: false })
        }
        Begun::Unfinished(batch, lease) => {
            // In a task of its own: it goes on when the client hangs up.
            let (state, its_product) = (state.clone(), Arc::clone(&product));
            let task = tokio::spawn(async move { finish(&state, lease, batch, its_product).await });
            let batch = task.await.map_err(|_| DbError::NoAnswer)??;
            Ok(Generated { batch, product, is_new: true })
        }
    }
}

/// Begins a batch. Where two requests begin the same one at once, one of them finds the other's.
async fn begin(state: &OtaState, permit: GeneratePermit, new: NewBatch) -> Result<Begun, OtaError> {
    let attempt = || {
        let (permit, new) = (permit.clone(), new.clone());
        let (worker, settings, now) = (state.worker.clone(), state.settings, state.clock.now());
        state.db.write(move |tx| generate::begin(tx, &permit, (new, &worker), &settings, now))
    };
    match attempt().await {
        Err(OtaError::Database(DbError::Conflict(_))) => attempt().await,
        begun => begun,
    }
}

async fn finish(
    state: &OtaState,
    lease: Lease,
    batch: Batch,
    product: Arc<Product>,
) -> Result<Batch, OtaError> {
    let mut batch = batch;
    while !batch.is_complete {
        let (lease, product) = (lease.clone(), Arc::clone(&product));
        let chunks = if state.db.is_redeeming() { 1 } else { CHUNKS_ALONE };
        let (chunk, now) = (chunks * state.settings.chunk, state.clock.now());
        batch = state
            .db
            .write_and_rest(move |tx| {
                generate::go_on(tx, &lease, (&mut batch, &product), chunk, now).map(|_| batch)
            })
            .await?;
    }
    Ok(batch)
}

async fn wait_for(
    state: &OtaState,
    partner: PartnerCode,
    batch_id: String,
) -> Result<Batch, OtaError> {
    let watch = Stopwatch::start();
    while watch.elapsed() < PATIENCE {
        let (its_partner, its_id) = (partner.clone(), batch_id.clone());
        let found =
            state.db.read(move |tx| generate::read_batch(tx, &its_partner, &its_id)).await?;
        if let Some(batch) = found.filter(|batch| batch.is_complete) {
            return Ok(batch);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(OtaError::StillGenerating(batch_id))
}

/// Takes over one batch whose server has gone, if there is one, and drives it to its end; tells whether it did.
///
/// # Errors
/// Somebody else was faster, or the database's.
pub async fn resume_abandoned_batch(state: &OtaState) -> Result<bool, OtaError> {
    let (worker, now) = (state.worker.clone(), state.clock.now());
    let claimed = state.db.write(move |tx| -> Result<_, OtaError> {
        let Some(lease) = jobs::claim_abandoned(tx, &worker, JOB, now)? else { return Ok(None) };
        let batch = generate::batch_of_job(tx, &lease)?;
        let functions = tickets::minted_functions(tx, &batch.run)?;
        Ok(Some((lease, batch, functions)))
    });
    let Some((lease, batch, functions)) = claimed.await? else { return Ok(false) };
    let product_id = batch.order.product_id;
    let product = state.catalog.product(product_id).await?;
    let product = product.ok_or(OtaError::ProductNotFound(product_id))?;
    // The rest of the batch is like its beginning, also where the product was changed meanwhile.
    let product = Arc::new(Product { functions, ..Product::clone(&product) });
    log::info!("going on with batch {}, of which {} are done", batch.batch_id, batch.generated);
    match finish(state, lease, batch, product).await {
        Err(OtaError::Job(JobError::LeaseLost)) => Ok(false),
        finished => finished.map(|_| true),
    }
}
