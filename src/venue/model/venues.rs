//! The list of venues.

use serde::{Deserialize, Serialize};

use crate::catalog::Venue;
use crate::http::{Fields, Problem};
use crate::kernel::{FunctionCode, VenueCode};

/// A venue in the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(in crate::venue) struct VenueEntry {
    /// Its number.
    venue_id: i64,
    /// Its code.
    venue_code: VenueCode,
    /// For people.
    venue_name: String,
    /// Such as `pier`.
    venue_type: String,
    /// What it redeems.
    supported_functions: Vec<FunctionCode>,
    /// Whether it redeems now.
    is_active: bool,
}

impl From<&Venue> for VenueEntry {
    fn from(venue: &Venue) -> Self {
        Self {
            venue_id: venue.venue_id,
            venue_code: venue.venue_code.clone(),
            venue_name: venue.venue_name.clone(),
            venue_type: venue.venue_type.clone(),
            supported_functions: venue.supported_functions.clone(),
            is_active: venue.is_active,
        }
    }
}

/// The venues.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VenueList {
    /// By number.
    pub(in crate::venue) venues: Vec<VenueEntry>,
}

/// The query of `GET /venue`.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VenueListQuery {
    /// `true`: closed ones too.
    include_inactive: Option<String>,
}

impl VenueListQuery {
    pub(in crate::venue) fn parse(self) -> Result<bool, Problem> {
        let mut fields = Fields::new();
        let parse = |text: String| text.parse::<bool>().map_err(|_| "must be true or false");
        let include = fields.optional("include_inactive", self.include_inactive, parse);
        fields.finish(Some(include.unwrap_or(false)))
    }
}
