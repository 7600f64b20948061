//! What can be wrong with a product or a venue.

use thiserror::Error;

use crate::access::AccessError;
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
    #[error("find venue {0}: there is none")]
    VenueNotFound(String),
    /// No such product.
    #[error("find product {0}: there is none")]
    ProductNotFound(String),
    /// A product without functions, or with one twice.
    #[error("give product {0} its functions: it needs at least one, and each once")]
    Functions(String),
    /// A product with two prices for one kind of customer in one currency.
    #[error("give product {0} its prices: there is one for each kind of customer and currency")]
    Prices(String),
    /// The audit log's trouble.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
