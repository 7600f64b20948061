//! Finds the venue of a scan or a look in the catalogue.

use super::model::VenueFinding;
use crate::access::Place;
use crate::catalog::{CatalogError, CatalogView};

/// What is known of the venue of this place; of no venue where none is named.
///
/// # Errors
/// The database's.
pub async fn find_venue(catalog: &CatalogView, place: Place) -> Result<VenueFinding, CatalogError> {
    let Place { venue_code: Some(code), functions } = place else {
        return Ok(VenueFinding::NotGiven);
    };
    let found = catalog.venue(&code).await?;
    Ok(match found {
        Some(venue) => VenueFinding::Known { venue, functions },
        None => VenueFinding::Unknown(code),
    })
}
