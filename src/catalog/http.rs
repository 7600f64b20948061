//! What is wrong with a product or a venue, as those who ask are told.

use super::error::CatalogError;
use crate::http::Problem;

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        let text = format!("failed to {error}");
        match error {
            CatalogError::ProductExists(_) => Self::conflict("PRODUCT_EXISTS", text),
            CatalogError::VenueExists(_) => Self::conflict("VENUE_EXISTS", text),
            CatalogError::ProductNotFound(_) => Self::not_found("PRODUCT_NOT_FOUND", text),
            CatalogError::VenueNotFound(_) => Self::not_found("VENUE_NOT_FOUND", text),
            CatalogError::Functions(_) => {
                Self::invalid_field("functions", "must be at least one, and each once")
            }
            CatalogError::Prices(_) => {
                Self::invalid_field("prices", "must be one for each kind of customer and currency")
            }
            CatalogError::Access(error) => error.into(),
            CatalogError::Database(error) => error.into(),
        }
    }
}
