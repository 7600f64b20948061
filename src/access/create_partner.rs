//! Makes a partner and its first API key.

use super::audit::{AuditEntry, audit};
use super::create_key::{KeyToAdd, add_key};
use super::error::AccessError;
use super::model::{CreatedPartner, Limits, NewPartner, PartnerSummary};
use super::permit::AdminPermit;
use super::store;
use crate::db::Tx;
use crate::kernel::{PartnerCode, Timestamp};

/// Makes a partner and its first key.
///
/// # Errors
/// The code is taken, or the database's.
pub fn create_partner(
    tx: &mut Tx,
    permit: &AdminPermit,
    partner: NewPartner,
    now: Timestamp,
) -> Result<CreatedPartner, AccessError> {
    let NewPartner { partner_code, partner_name, permissions } = partner;
    let code = partner_code.as_str();
    store::insert_partner(tx, code, partner_name.as_deref(), now)
        .map_err(|error| error.or_taken(|| AccessError::PartnerExists(code.to_owned())))?;
    let summary = PartnerSummary {
        partner_code: code.to_owned(),
        partner_name: partner_name.clone(),
        is_active: true,
        created_at: now,
        rate_limits: Limits::default(),
    };
    let entry = AuditEntry::created("partner.create", code, &summary);
    audit(tx, permit.actor(), &entry, now)?;
    let first = KeyToAdd {
        partner_code: code.to_owned(),
        key_name: None,
        permissions: permissions.names().into_iter().map(str::to_owned).collect(),
        expires_at: None,
    };
    let made = add_key(tx, permit.actor(), first, now)?;
    Ok(CreatedPartner {
        partner_code: summary.partner_code,
        partner_name,
        is_active: summary.is_active,
        created_at: now,
        api_key: made.api_key,
        key: made.key,
    })
}

/// Makes a partner without a key, unless it is there: the demo's, whose key is never stored, and the benchmark's.
///
/// # Errors
/// The database's.
pub fn ensure_partner(
    tx: &mut Tx,
    _permit: &AdminPermit,
    partner_code: &PartnerCode,
    now: Timestamp,
) -> Result<(), AccessError> {
    if !store::partner_exists(tx, partner_code.as_str())? {
        store::insert_partner(tx, partner_code.as_str(), None, now)?;
    }
    Ok(())
}
