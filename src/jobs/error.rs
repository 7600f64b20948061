//! What can go wrong with a job.

use thiserror::Error;

use crate::db::DbError;

/// See the module.
#[derive(Debug, Error)]
pub enum JobError {
    /// The lease ran out and somebody else works on it now.
    #[error("keep the lease on a job: another server has taken it over")]
    LeaseLost,
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
