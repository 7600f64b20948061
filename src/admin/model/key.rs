//! What is asked about API keys.

use chrono_tz::Tz;
use serde::Deserialize;

use super::MAX_NAME;
use super::permissions::permissions;
use crate::access::{Expiry, KeyChange, NewKey, Overlap, PermissionSet, Rotation};
use crate::http::{Fields, Page, Patched, Problem, bounded_text};
use crate::kernel::{PartnerCode, Timestamp};

/// The body of `POST /admin/keys`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct NewKeyBody {
    /// Whose.
    #[schema(min_length = 1, max_length = 64)]
    partner_code: String,
    /// What it is allowed; all there is where nothing is said.
    permissions: Option<Vec<String>>,
    /// Its name, for people.
    #[schema(max_length = 200)]
    key_name: Option<String>,
    /// When it ends: RFC 3339, or a date, which means its end; in the future. Never where nothing is said.
    expires_at: Option<String>,
}

impl NewKeyBody {
    pub(in crate::admin) fn parse(self, zone: Tz, now: Timestamp) -> Result<NewKey, Problem> {
        let mut fields = Fields::new();
        let partner_code = fields.take("partner_code", PartnerCode::parse(&self.partner_code));
        let permissions = fields
            .optional("permissions", self.permissions, |names| permissions(&names))
            .unwrap_or_else(PermissionSet::all);
        let name = |text| bounded_text(text, MAX_NAME);
        let key_name = fields.optional("key_name", self.key_name, name);
        let expiry = |text: String| Expiry::parse(&text, zone, now);
        let expires_at = fields.optional("expires_at", self.expires_at, expiry);
        let key = |partner_code| NewKey { partner_code, key_name, permissions, expires_at };
        fields.finish(partner_code.map(key))
    }
}

/// The body of `PATCH /admin/keys/{key_prefix}`. What is left out stays as it is.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyChangeBody {
    /// Its name, for people; null clears it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    key_name: Patched<String>,
    /// What it is allowed.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false)]
    permissions: Patched<Vec<String>>,
    /// When it ends: RFC 3339, or a date, which means its end; in the future. Null means never.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    expires_at: Patched<String>,
}

impl KeyChangeBody {
    pub(in crate::admin) fn parse(self, zone: Tz, now: Timestamp) -> Result<KeyChange, Problem> {
        let mut fields = Fields::new();
        let name = |text| bounded_text(text, MAX_NAME);
        let key_name = self.key_name.parse(&mut fields, "key_name", name);
        let permissions = self
            .permissions
            .parse_not_null(&mut fields, "permissions", |names| permissions(&names));
        let expiry = |text: String| Expiry::parse(&text, zone, now);
        let expires_at = self.expires_at.parse(&mut fields, "expires_at", expiry);
        fields.finish(Some(KeyChange { key_name, permissions, expires_at }))
    }
}

/// The body of `POST /admin/keys/{key_prefix}/rotate`; all of it may be left out.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct RotationBody {
    /// How long the old key goes on, in minutes; 0 ends it at once.
    #[schema(minimum = 0, maximum = 129_600, default = 1440)]
    overlap_minutes: Option<i64>,
    /// When the new key ends: RFC 3339, or a date, which means its end; in the future. Never where nothing is said.
    expires_at: Option<String>,
}

impl RotationBody {
    pub(in crate::admin) fn parse(self, zone: Tz, now: Timestamp) -> Result<Rotation, Problem> {
        let mut fields = Fields::new();
        let minutes = self.overlap_minutes.unwrap_or(Overlap::DEFAULT_MINUTES);
        let overlap = fields.take("overlap_minutes", Overlap::of_minutes(minutes));
        let expiry = |text: String| Expiry::parse(&text, zone, now);
        let expires_at = fields.optional("expires_at", self.expires_at, expiry);
        fields.finish(overlap.map(|overlap| Rotation { overlap, expires_at }))
    }
}

/// The query of `GET /admin/keys`.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct KeyQuery {
    /// Whose; everybody's where none is given.
    partner_code: Option<String>,
    /// Counted from 1.
    page: Option<String>,
    /// Keys on a page, 50 where none is given, 500 at most.
    limit: Option<String>,
}

impl KeyQuery {
    pub(in crate::admin) fn parse(&self) -> Result<(Option<PartnerCode>, Page), Problem> {
        let mut fields = Fields::new();
        let page = Page::parse(&mut fields, self.page.as_deref(), self.limit.as_deref());
        let code = self.partner_code.as_deref();
        let partner_code = fields.optional("partner_code", code, PartnerCode::parse);
        fields.finish(Some((partner_code, page)))
    }
}
