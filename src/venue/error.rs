//! Why a request at a venue is not answered with a verdict.

use thiserror::Error;

use crate::catalog::CatalogError;
use crate::db::DbError;
use crate::kernel::VenueCode;
use crate::redemption::RedemptionError;

/// See the module.
#[derive(Debug, Error)]
pub enum VenueError {
    /// The body names another venue than the terminal's own.
    #[error("scan for {named}: this terminal stands at {own}")]
    TerminalVenue {
        /// Where the terminal stands.
        own: VenueCode,
        /// What the body named.
        named: VenueCode,
    },
    /// The body names another device than the terminal's own.
    #[error("scan as another device: this key belongs to terminal {0}")]
    TerminalDevice(String),
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
