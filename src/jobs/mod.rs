//! Work that outlives its request: a queue of jobs under leases, so that after a crash any server goes on with what
//! another left, and none takes over what is alive.
//!
//! Comes in: a job's kind and subject. Goes out: the lease on it, or its loss.

mod error;
mod lease;
mod store;

pub use error::JobError;
pub use lease::{Lease, Worker, claim_abandoned, claim_recurring, enqueue, finish, renew, rest};
