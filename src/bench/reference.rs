//! What the figures are measured against: the same work in process, without HTTP.

use super::error::BenchError;
use super::fill::{Filler, scan};
use super::number::float;
use super::order::in_no_order;
use crate::kernel::Stopwatch;
use crate::redemption::{Scan, redeem};

/// Scans of one batch, and how many batches.
const BATCH: i64 = 64;
const BATCHES: i64 = 500;
/// Tickets of one order, and how many orders.
const ORDER: i64 = 5000;
const ORDERS: i64 = 5;

/// Scans a second by the lane alone: batches of 64 in no order, a transaction each, one after the other.
pub(super) fn lane(filler: &mut Filler<'_>) -> Result<f64, BenchError> {
    let claims = in_no_order(filler.codes(BATCHES * BATCH)?);
    let scans: Vec<Scan> = claims.into_iter().map(|claims| scan(filler.world, claims)).collect();
    let now = filler.now;
    let watch = Stopwatch::start();
    for batch in scans.chunks(usize::try_from(BATCH).unwrap_or(1)) {
        filler.session.write(|tx| redeem(tx, batch, now))?;
    }
    Ok(float(scans.len()) / watch.elapsed().as_secs_f64())
}

/// Tickets a second, with their entitlements, by multi-row inserts of 5000 tickets in one transaction.
pub(super) fn inserts(filler: &mut Filler<'_>) -> Result<f64, BenchError> {
    let watch = Stopwatch::start();
    for _ in 0..ORDERS {
        let run = filler.take_codes(ORDER)?;
        filler.mint(&run, (0, ORDER))?;
    }
    Ok(float(ORDERS * ORDER) / watch.elapsed().as_secs_f64())
}
