//! Leases: taken with the job, renewed with each step, free again when they run out.

use chrono::TimeDelta;

use super::error::JobError;
use super::store;
use crate::db::Tx;
use crate::kernel::{Timestamp, sortable_id};

/// How long a lease lasts without being renewed.
const LEASE: TimeDelta = TimeDelta::seconds(5);

/// A server process, as leases name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker(String);

impl Worker {
    /// A name that no other process has.
    #[must_use]
    pub fn new() -> Self {
        Self(sortable_id())
    }
}

impl Default for Worker {
    fn default() -> Self {
        Self::new()
    }
}

/// The right to work on a job, until it runs out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job_id: String,
    /// What it is about.
    pub subject: String,
    owner: Worker,
}

/// Puts a job into the queue with the lease on it.
///
/// # Errors
/// The database's; a job of this kind and subject that is there already is one.
pub fn enqueue(
    tx: &mut Tx,
    worker: &Worker,
    kind: &str,
    subject: &str,
    now: Timestamp,
) -> Result<Lease, JobError> {
    let job_id = sortable_id();
    let until = now.plus(LEASE);
    store::insert(tx, &store::NewJob { id: &job_id, kind, subject, owner: &worker.0, until }, now)?;
    Ok(Lease { job_id, subject: subject.to_owned(), owner: worker.clone() })
}

/// Takes over a job of this kind whose lease has run out, if there is one.
///
/// # Errors
/// The database's.
pub fn claim_abandoned(
    tx: &mut Tx,
    worker: &Worker,
    kind: &str,
    now: Timestamp,
) -> Result<Option<Lease>, JobError> {
    for (job_id, subject) in store::abandoned(tx, kind, now)? {
        if store::take_over(tx, &job_id, &worker.0, (now, now.plus(LEASE)))? {
            return Ok(Some(Lease { job_id, subject, owner: worker.clone() }));
        }
    }
    Ok(None)
}

/// Takes a job that comes again and again, where its turn has come and nobody else has it; it is put into the queue
/// with its first turn.
///
/// # Errors
/// The database's; a conflict where another server puts it into the queue at this moment.
pub fn claim_recurring(
    tx: &mut Tx,
    worker: &Worker,
    (kind, subject): (&str, &str),
    now: Timestamp,
) -> Result<Option<Lease>, JobError> {
    let Some(job_id) = store::find(tx, kind, subject)? else {
        return enqueue(tx, worker, kind, subject, now).map(Some);
    };
    let is_ours = store::take_over(tx, &job_id, &worker.0, (now, now.plus(LEASE)))?;
    Ok(is_ours.then(|| Lease { job_id, subject: subject.to_owned(), owner: worker.clone() }))
}

/// Ends a turn of a job that comes again and again: its next one comes after `due`.
///
/// # Errors
/// Somebody else has it, or the database's.
pub fn rest(tx: &mut Tx, lease: &Lease, due: Timestamp) -> Result<(), JobError> {
    if store::renew(tx, &lease.job_id, &lease.owner.0, due)? {
        Ok(())
    } else {
        Err(JobError::LeaseLost)
    }
}

/// Renews a lease; part of each step's transaction, so that a step is kept only under a lease that holds.
///
/// # Errors
/// Somebody else has it, or the database's.
pub fn renew(tx: &mut Tx, lease: &Lease, now: Timestamp) -> Result<(), JobError> {
    if store::renew(tx, &lease.job_id, &lease.owner.0, now.plus(LEASE))? {
        Ok(())
    } else {
        Err(JobError::LeaseLost)
    }
}

/// Takes a finished job out of the queue.
///
/// # Errors
/// Somebody else has it, or the database's.
pub fn finish(tx: &mut Tx, lease: &Lease) -> Result<(), JobError> {
    if store::delete(tx, &lease.job_id, &lease.owner.0)? {
        Ok(())
    } else {
        Err(JobError::LeaseLost)
    }
}
