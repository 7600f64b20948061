//! Changes a venue: what it is called, where its clock stands, what it redeems, and whether it redeems at all.

use std::sync::Arc;

use super::create_venue::each_once;
use super::error::CatalogError;
use super::list::load_catalog;
use super::model::{Venue, VenueChange, VenueSummary};
use super::store;
use crate::access::{AdminPermit, AuditEntry, audit};
use crate::db::Tx;
use crate::kernel::{Timestamp, VenueCode};

/// Changes a venue.
///
/// # Errors
/// No such venue, or the database's.
pub fn change_venue(
    tx: &mut Tx,
    permit: &AdminPermit,
    venue_code: &VenueCode,
    change: VenueChange,
    now: Timestamp,
) -> Result<Venue, CatalogError> {
    store::lock_revision(tx)?;
    let before = load_catalog(tx)?.venues.remove(venue_code);
    let before = before.ok_or_else(|| CatalogError::VenueNotFound(venue_code.to_string()))?;
    let after = changed(&before, change);
    if after == *before {
        return Ok(after);
    }
    store::raise_revision(tx)?;
    store::update_venue(tx, &after, now)?;
    let was = VenueSummary::from(before.as_ref());
    let entry =
        AuditEntry::changed("venue.change", venue_code.as_str(), &was, &VenueSummary::from(&after));
    audit(tx, permit.actor(), &entry, now)?;
    Ok(after)
}

fn changed(before: &Arc<Venue>, change: VenueChange) -> Venue {
    let venue = Venue::clone(before);
    Venue {
        venue_name: change.venue_name.unwrap_or(venue.venue_name),
        venue_type: change.venue_type.unwrap_or(venue.venue_type),
        timezone: change.timezone.unwrap_or(venue.timezone),
        supported_functions: change
            .supported_functions
            .map_or(venue.supported_functions, each_once),
        is_active: change.is_active.unwrap_or(venue.is_active),
        ..venue
    }
}
