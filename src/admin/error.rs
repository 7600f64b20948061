//! Why something is not set up or changed.

use thiserror::Error;

use crate::access::AccessError;
use crate::catalog::CatalogError;
use crate::db::DbError;
use crate::kernel::{FunctionCode, VenueCode};
use crate::token::ImageError;

/// See the module.
#[derive(Debug, Error)]
pub enum AdminError {
    /// A terminal that is to redeem what its venue does not.
    #[error("set up a terminal at venue {venue_code}: the venue does not redeem {function_code}")]
    FunctionNotAtVenue {
        /// Where it stands.
        venue_code: VenueCode,
        /// What its venue does not redeem.
        function_code: FunctionCode,
    },
    /// A picture's trouble.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// A partner's, a terminal's or an operator's trouble.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A product's or a venue's trouble.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
