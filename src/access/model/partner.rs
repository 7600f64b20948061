//! Partners as administration makes, changes and sees them.

use serde::Serialize;

use super::api_key::KeySummary;
use super::limit::Limits;
use super::permission::PermissionSet;
use crate::http::Patched;
use crate::kernel::{PartnerCode, Timestamp};

/// Which partner to make.
#[derive(Clone, Debug)]
pub struct NewPartner {
    /// Its code.
    pub partner_code: PartnerCode,
    /// Its name, for people.
    pub partner_name: Option<String>,
    /// What its first key is allowed.
    pub permissions: PermissionSet,
}

/// What to change of a partner.
#[derive(Clone, Debug, Default)]
pub struct PartnerChange {
    /// Its name.
    pub partner_name: Patched<String>,
    /// Whether its keys are accepted.
    pub is_active: Option<bool>,
}

/// A partner as lists and the audit log show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PartnerSummary {
    /// Its code.
    pub partner_code: String,
    /// Its name, for people; null where none was given.
    pub partner_name: Option<String>,
    /// Whether its keys are accepted.
    pub is_active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its own limits by class of operations, such as `"issue": "50/s:500"`; the server's settings say the others.
    #[schema(value_type = BTreeMap<String, String>)]
    pub rate_limits: Limits,
}

/// A partner that was just made, with its first key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CreatedPartner {
    /// Its code.
    pub partner_code: String,
    /// Its name, for people; null where none was given.
    pub partner_name: Option<String>,
    /// Whether its keys are accepted.
    pub is_active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The text for its `X-API-Key` header, shown this once.
    pub api_key: String,
    /// That key, without its secret.
    pub key: KeySummary,
}
