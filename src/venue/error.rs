//! Why a request at a venue is not answered with a verdict.

use thiserror::Error;

use crate::access::AccessError;
use crate::catalog::CatalogError;
use crate::db::DbError;
use crate::redemption::RedemptionError;

/// See the module.
#[derive(Debug, Error)]
pub enum VenueError {
    /// The credentials' trouble.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The `scan_id` belongs to another scan.
    #[error("take scan_id {0} again: on this ticket it belongs to another scan")]
    ScanIdReused(String),
    /// The ledger's trouble.
    #[error(transparent)]
    Redemption(#[from] RedemptionError),
    /// The catalogue's trouble.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
