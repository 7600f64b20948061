//! Why a batch is not generated.

use thiserror::Error;

use crate::catalog::CatalogError;
use crate::db::DbError;
use crate::jobs::JobError;
use crate::tickets::TicketError;

/// See the module.
#[derive(Debug, Error)]
pub enum OtaError {
    /// No such product.
    #[error("find product {0}: there is none")]
    ProductNotFound(i64),
    /// The product is not sold any more, or not yet.
    #[error("generate tickets of product {0}: it is inactive")]
    ProductInactive(i64),
    /// The `batch_id` is taken by another order.
    #[error("generate batch {0}: a batch of this batch_id was ordered with another body")]
    BatchConflict(String),
    /// The batch is still being written, somewhere.
    #[error("finish batch {0} in time: it goes on; send the same request again to get it")]
    StillGenerating(String),
    /// The stored order cannot be read.
    #[error("read the stored order of batch {0}")]
    UnreadableOrder(String),
    /// The ticket's trouble.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The catalogue's trouble.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The lease's trouble.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
