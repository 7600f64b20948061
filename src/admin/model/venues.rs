//! Venues as they are made and changed.

use chrono_tz::Tz;
use serde::Deserialize;

use super::functions::function_codes;
use super::{MAX_NAME, MAX_SHORT};
use crate::catalog::{NewVenue, VenueChange};
use crate::http::{Fields, Patched, Problem, bounded_text};
use crate::kernel::VenueCode;

/// What kind of place a venue is where nothing is said.
const DEFAULT_TYPE: &str = "venue";

fn zone(text: &str) -> Result<Tz, &'static str> {
    text.parse().map_err(|_| "must be an IANA time zone such as Asia/Hong_Kong")
}

/// The body of `POST /admin/venues`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewVenueBody {
    /// Its code, such as `central-pier`.
    venue_code: String,
    /// For people.
    venue_name: String,
    /// What kind of place, such as `pier`; `venue` where nothing is said.
    venue_type: Option<String>,
    /// Its IANA time zone; the server's where none is given.
    timezone: Option<String>,
    /// What it redeems.
    supported_functions: Vec<String>,
}

impl NewVenueBody {
    pub(in crate::admin) fn parse(self, timezone: Tz) -> Result<NewVenue, Problem> {
        let mut fields = Fields::new();
        let code = fields.take("venue_code", VenueCode::parse(&self.venue_code));
        let name = fields.take("venue_name", bounded_text(self.venue_name, MAX_NAME));
        let kind =
            fields.optional("venue_type", self.venue_type, |kind| bounded_text(kind, MAX_SHORT));
        let given = fields.optional("timezone", self.timezone, |text| zone(&text));
        let functions =
            function_codes(&mut fields, "supported_functions", &self.supported_functions);
        let parts = code.zip(name).zip(functions);
        let venue = parts.map(|((venue_code, venue_name), supported_functions)| NewVenue {
            venue_code,
            venue_name,
            venue_type: kind.unwrap_or_else(|| DEFAULT_TYPE.to_owned()),
            timezone: given.unwrap_or(timezone),
            supported_functions,
        });
        fields.finish(venue)
    }
}

/// The body of `PATCH /admin/venues/{venue_code}`. What is left out stays as it is.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueChangeBody {
    /// For people.
    #[serde(default)]
    #[schema(value_type = String, required = false)]
    venue_name: Patched<String>,
    /// What kind of place, such as `pier`.
    #[serde(default)]
    #[schema(value_type = String, required = false)]
    venue_type: Patched<String>,
    /// Its IANA time zone.
    #[serde(default)]
    #[schema(value_type = String, required = false)]
    timezone: Patched<String>,
    /// What it redeems: all of it.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false)]
    supported_functions: Patched<Vec<String>>,
    /// Whether it redeems.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_active: Patched<bool>,
}

impl VenueChangeBody {
    pub(in crate::admin) fn parse(self) -> Result<VenueChange, Problem> {
        let mut fields = Fields::new();
        let name = |text| bounded_text(text, MAX_NAME);
        let venue_name = self.venue_name.parse_not_null(&mut fields, "venue_name", name);
        let kind = |text| bounded_text(text, MAX_SHORT);
        let venue_type = self.venue_type.parse_not_null(&mut fields, "venue_type", kind);
        let clock = |text: String| zone(&text);
        let timezone = self.timezone.parse_not_null(&mut fields, "timezone", clock);
        let texts = self.supported_functions.not_null(&mut fields, "supported_functions");
        let supported_functions =
            texts.and_then(|texts| function_codes(&mut fields, "supported_functions", &texts));
        let is_active = self.is_active.not_null(&mut fields, "is_active");
        fields.finish(Some(VenueChange {
            venue_name,
            venue_type,
            timezone,
            supported_functions,
            is_active,
        }))
    }
}
