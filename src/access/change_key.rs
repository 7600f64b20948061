//! Changes, rotates and revokes an API key.

use super::audit::{Actor, AuditEntry, audit};
use super::create_key::{KeyToAdd, add_key};
use super::error::AccessError;
use super::model::{Expiry, KeyChange, KeyPrefix, KeySummary, RotatedKey, Rotation};
use super::permit::AdminPermit;
use super::store;
use crate::db::Tx;
use crate::kernel::Timestamp;

/// A key that nobody else changes until the transaction ends.
fn lock(tx: &mut Tx, prefix: &KeyPrefix) -> Result<KeySummary, AccessError> {
    store::lock_api_key(tx, prefix.as_str())?.ok_or(AccessError::KeyNotFound)
}

/// The same, where a revoked one is none.
fn lock_unrevoked(tx: &mut Tx, prefix: &KeyPrefix) -> Result<KeySummary, AccessError> {
    let key = lock(tx, prefix)?;
    match key.revoked_at {
        Some(_) => Err(AccessError::KeyRevoked(key.key_prefix)),
        None => Ok(key),
    }
}

/// Stores a key as it is now and puts the change on record.
fn store_change(
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    (before, after): (&KeySummary, &KeySummary),
    now: Timestamp,
) -> Result<(), AccessError> {
    store::update_api_key(tx, after)?;
    let subject = before.key_prefix.as_str();
    let entry = AuditEntry::changed(action, subject, before, after);
    audit(tx, actor, &entry, now)
}

/// Changes a key's name, what it is allowed, and when it ends.
///
/// # Errors
/// No such key, it is revoked, or the database's.
pub fn change_key(
    tx: &mut Tx,
    permit: &AdminPermit,
    prefix: &KeyPrefix,
    change: KeyChange,
    now: Timestamp,
) -> Result<KeySummary, AccessError> {
    let before = lock_unrevoked(tx, prefix)?;
    let mut after = before.clone();
    after.key_name = change.key_name.apply(after.key_name);
    if let Some(permissions) = change.permissions {
        after.permissions = permissions.names().into_iter().map(str::to_owned).collect();
    }
    after.expires_at = change.expires_at.map(Expiry::at).apply(after.expires_at);
    if after != before {
        store_change(tx, permit.actor(), "key.change", (&before, &after), now)?;
    }
    Ok(after)
}

/// Makes a key in the place of another, with its name and permissions. The old one goes on for a while and then ends,
/// or sooner where it was to end sooner.
///
/// # Errors
/// No such key, it is revoked, or the database's.
pub fn rotate_key(
    tx: &mut Tx,
    permit: &AdminPermit,
    prefix: &KeyPrefix,
    rotation: Rotation,
    now: Timestamp,
) -> Result<RotatedKey, AccessError> {
    let before = lock_unrevoked(tx, prefix)?;
    let ends = now.plus(rotation.overlap.span());
    let mut replaced = before.clone();
    replaced.expires_at = Some(before.expires_at.map_or(ends, |at| at.min(ends)));
    store_change(tx, permit.actor(), "key.rotate", (&before, &replaced), now)?;
    let next = KeyToAdd {
        partner_code: before.partner_code,
        key_name: before.key_name,
        permissions: before.permissions,
        expires_at: rotation.expires_at.map(Expiry::at),
    };
    let made = add_key(tx, permit.actor(), next, now)?;
    Ok(RotatedKey { api_key: made.api_key, key: made.key, replaced })
}

/// Revokes a key for good; one that is revoked already stays as it is.
///
/// # Errors
/// No such key, or the database's.
pub fn revoke_key(
    tx: &mut Tx,
    permit: &AdminPermit,
    prefix: &KeyPrefix,
    now: Timestamp,
) -> Result<KeySummary, AccessError> {
    let before = lock(tx, prefix)?;
    if before.revoked_at.is_some() {
        return Ok(before);
    }
    let mut after = before.clone();
    after.revoked_at = Some(now);
    store_change(tx, permit.actor(), "key.revoke", (&before, &after), now)?;
    Ok(after)
}
