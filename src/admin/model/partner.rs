//! What is asked about partners.

use serde::Deserialize;

use super::MAX_NAME;
use super::permissions::permissions;
use crate::access::{NewPartner, PartnerChange, PermissionSet};
use crate::http::{Fields, Patched, Problem, bounded_text};
use crate::kernel::PartnerCode;

/// The body of `POST /admin/partners`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct NewPartnerBody {
    /// Its code: 1 to 64 letters, digits, hyphens, underscores and full stops.
    #[schema(min_length = 1, max_length = 64)]
    partner_code: String,
    /// Its name, for people.
    #[schema(max_length = 200)]
    partner_name: Option<String>,
    /// What its first key is allowed; all there is where nothing is said.
    permissions: Option<Vec<String>>,
}

impl NewPartnerBody {
    pub(in crate::admin) fn parse(self) -> Result<NewPartner, Problem> {
        let mut fields = Fields::new();
        let partner_code = fields.take("partner_code", PartnerCode::parse(&self.partner_code));
        let name = |text| bounded_text(text, MAX_NAME);
        let partner_name = fields.optional("partner_name", self.partner_name, name);
        let permissions = fields
            .optional("permissions", self.permissions, |names| permissions(&names))
            .unwrap_or_else(PermissionSet::all);
        let partner = |partner_code| NewPartner { partner_code, partner_name, permissions };
        fields.finish(partner_code.map(partner))
    }
}

/// The body of `PATCH /admin/partners/{partner_code}`. What is left out stays as it is.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerChangeBody {
    /// Its name, for people; null clears it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    partner_name: Patched<String>,
    /// Whether its keys are accepted.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_active: Patched<bool>,
}

impl PartnerChangeBody {
    pub(in crate::admin) fn parse(self) -> Result<PartnerChange, Problem> {
        let mut fields = Fields::new();
        let name = |text| bounded_text(text, MAX_NAME);
        let partner_name = self.partner_name.parse(&mut fields, "partner_name", name);
        let is_active = self.is_active.not_null(&mut fields, "is_active");
        fields.finish(Some(PartnerChange { partner_name, is_active }))
    }
}
