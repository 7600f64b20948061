//! Makes a venue.

use super::error::CatalogError;
use super::model::{NewVenue, Venue, VenueSummary};
use super::store;
use crate::access::{AdminPermit, AuditEntry, audit};
use crate::db::Tx;
use crate::kernel::{FunctionCode, Timestamp};

/// Makes a venue that redeems from now on.
///
/// # Errors
/// Its code is taken, or the database's.
pub fn create_venue(
    tx: &mut Tx,
    permit: &AdminPermit,
    venue: NewVenue,
    now: Timestamp,
) -> Result<Venue, CatalogError> {
    store::raise_revision(tx)?;
    let made = Venue {
        venue_id: store::next_venue_id(tx)?,
        venue_code: venue.venue_code,
        venue_name: venue.venue_name,
        venue_type: venue.venue_type,
        timezone: venue.timezone,
        is_active: true,
        supported_functions: each_once(venue.supported_functions),
    };
    store::insert_venue(tx, &made, now)
        .map_err(|error| error.or_taken(|| CatalogError::VenueExists(made.venue_code.clone())))?;
    let subject = made.venue_code.as_str();
    let entry = AuditEntry::created("venue.create", subject, &VenueSummary::from(&made));
    audit(tx, permit.actor(), &entry, now)?;
    Ok(made)
}

/// Functions by code, each once, as a venue has them when it is read.
pub(super) fn each_once(mut functions: Vec<FunctionCode>) -> Vec<FunctionCode> {
    functions.sort_unstable();
    functions.dedup();
    functions
}
