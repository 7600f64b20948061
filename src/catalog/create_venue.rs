//! Makes a venue, and opens and closes it.

use super::error::CatalogError;
use super::model::{NewVenue, Venue};
use super::store;
use crate::access::AdminPermit;
use crate::db::{DbError, Tx};
use crate::kernel::{Timestamp, VenueCode};

/// Makes a venue that redeems from now on.
///
/// # Errors
/// Its code is taken, or the database's.
pub fn create_venue(
    tx: &mut Tx,
    _permit: &AdminPermit,
    venue: NewVenue,
    now: Timestamp,
) -> Result<Venue, CatalogError> {
    store::raise_revision(tx)?;
    let venue_id = store::next_venue_id(tx)?;
    store::insert_venue(tx, venue_id, &venue, now).map_err(|error| {
        if matches!(error, DbError::Conflict(_)) {
            return CatalogError::VenueExists(venue.venue_code.clone());
        }
        error.into()
    })?;
    Ok(Venue {
        venue_id,
        venue_code: venue.venue_code,
        venue_name: venue.venue_name,
        venue_type: venue.venue_type,
        timezone: venue.timezone,
        is_active: true,
        supported_functions: venue.supported_functions,
    })
}

/// Opens or closes a venue.
///
/// # Errors
/// No such venue, or the database's.
pub fn set_venue_active(
    tx: &mut Tx,
    _permit: &AdminPermit,
    venue_code: &VenueCode,
    is_active: bool,
) -> Result<(), CatalogError> {
    store::raise_revision(tx)?;
    if store::set_venue_active(tx, venue_code, is_active)? {
        Ok(())
    } else {
        Err(CatalogError::VenueNotFound(venue_code.clone()))
    }
}
