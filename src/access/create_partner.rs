//! Makes a partner and its first API key.

use super::error::AccessError;
use super::model::{KeyKind, KeyText, PermissionSet};
use super::permit::AdminPermit;
use super::store::{self, NewApiKey};
use crate::db::{DbError, Tx};
use crate::kernel::{PartnerCode, Timestamp};
use crate::token::sha256;

/// Which partner to make.
#[derive(Clone, Debug)]
pub struct NewPartner {
    /// Its code.
    pub partner_code: PartnerCode,
    /// What its key is allowed.
    pub permissions: PermissionSet,
}

/// A partner's new key, shown this once.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PartnerKey {
    /// The partner.
    pub partner_code: PartnerCode,
    /// The text for its `X-API-Key` header.
    pub api_key: String,
}

/// Makes a partner and its key.
///
/// # Errors
/// The code is taken, or the database's.
pub fn create_partner(
    tx: &mut Tx,
    _permit: &AdminPermit,
    partner: NewPartner,
    now: Timestamp,
) -> Result<PartnerKey, AccessError> {
    let code = partner.partner_code.as_str();
    store::insert_partner(tx, code, now).map_err(|error| {
        if matches!(error, DbError::Conflict(_)) {
            return AccessError::PartnerExists(code.to_owned());
        }
        error.into()
    })?;
    let key = KeyText::random();
    let row = NewApiKey {
        prefix: &key.prefix,
        partner_code: code,
        secret_hash: &sha256(key.secret.expose().as_bytes()),
        permissions: &partner.permissions.to_string(),
    };
    store::insert_api_key(tx, &row, now)?;
    let api_key = key.expose(KeyKind::Partner);
    Ok(PartnerKey { partner_code: partner.partner_code, api_key })
}

/// Makes a partner that has no key in the database, unless it is there: the demo's.
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
        store::insert_partner(tx, partner_code.as_str(), now)?;
    }
    Ok(())
}
