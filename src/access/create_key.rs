//! Makes a further API key for a partner.

use super::audit::{Actor, AuditEntry, audit};
use super::error::AccessError;
use super::model::{CreatedKey, Expiry, KeyKind, KeySummary, KeyText, NewKey};
use super::permit::AdminPermit;
use super::store;
use crate::db::Tx;
use crate::kernel::Timestamp;

/// Makes a key.
///
/// # Errors
/// No such partner, or the database's.
pub fn create_key(
    tx: &mut Tx,
    permit: &AdminPermit,
    key: NewKey,
    now: Timestamp,
) -> Result<CreatedKey, AccessError> {
    let partner_code = key.partner_code.as_str();
    if !store::partner_exists(tx, partner_code)? {
        return Err(AccessError::PartnerNotFound(partner_code.to_owned()));
    }
    let key = KeyToAdd {
        partner_code: partner_code.to_owned(),
        key_name: key.key_name,
        permissions: key.permissions.names().into_iter().map(str::to_owned).collect(),
        expires_at: key.expires_at.map(Expiry::at),
    };
    add_key(tx, permit.actor(), key, now)
}

/// A key of a partner that is there.
pub(super) struct KeyToAdd {
    pub(super) partner_code: String,
    pub(super) key_name: Option<String>,
    pub(super) permissions: Vec<String>,
    pub(super) expires_at: Option<Timestamp>,
}

/// Makes a key with a new secret and puts it on record.
pub(super) fn add_key(
    tx: &mut Tx,
    actor: &Actor,
    key: KeyToAdd,
    now: Timestamp,
) -> Result<CreatedKey, AccessError> {
    let text = KeyText::random();
    let key = KeySummary {
        key_prefix: text.prefix.clone(),
        partner_code: key.partner_code,
        key_name: key.key_name,
        permissions: key.permissions,
        created_at: now,
        expires_at: key.expires_at,
        revoked_at: None,
        last_used_at: None,
    };
    store::insert_api_key(tx, &key, &text.secret_hash())?;
    let entry = AuditEntry::created("key.create", &key.key_prefix, &key);
    audit(tx, actor, &entry, now)?;
    Ok(CreatedKey { api_key: text.expose(KeyKind::Partner), key })
}
