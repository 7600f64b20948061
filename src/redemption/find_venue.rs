//! Finds the venue of a scan or a look in the catalogue.

use super::model::VenueFinding;
use crate::catalog::{CatalogError, CatalogView};
use crate::kernel::VenueCode;

/// What is known of the venue with this code; of no venue where none is named.
///
/// # Errors
/// The database's.
pub async fn find_venue(
    catalog: &CatalogView,
    code: Option<VenueCode>,
) -> Result<VenueFinding, CatalogError> {
    let Some(code) = code else { return Ok(VenueFinding::NotGiven) };
    let found = catalog.venue(&code).await?;
    Ok(found.map_or(VenueFinding::Unknown(code), VenueFinding::Known))
}
