//! What can be wrong with a product or a venue.

use thiserror::Error;

use crate::db::DbError;
use crate::kernel::VenueCode;

/// See the module.
#[derive(Debug, Error)]
pub enum CatalogError {
    /// A product's id or code is taken.
    #[error("create product {0}: its id or its code is taken")]
    ProductExists(String),
    /// A venue's code is taken.
    #[error("create venue {0}: there is one already")]
    VenueExists(VenueCode),
    /// No such venue.
    #[error("find venue {0}")]
    VenueNotFound(VenueCode),
    /// A product without functions, or with one twice.
    #[error("create product {0}: it needs at least one function, and each once")]
    Functions(String),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
