//! `api-key`: the keys of partners.

use serde::Serialize;

use super::arguments::ApiKeyCommand;
use super::error::CliError;
use super::{print, read, store};
use crate::access::{
    AdminPermit, CreatedKey, KeyChange, KeySummary, NewKey, RotatedKey, Rotation, change_key,
    create_key, list_keys, revoke_key, rotate_key,
};
use crate::config::{Flags, Settings};
use crate::http::Patched;
use crate::kernel::Timestamp;

const COLUMNS: &[&str] = &[
    "key_prefix",
    "partner_code",
    "key_name",
    "permissions",
    "created_at",
    "expires_at",
    "revoked_at",
    "last_used_at",
];
const NEW_KEY: &[&str] =
    &["api_key", "key_prefix", "partner_code", "key_name", "permissions", "expires_at"];
const ROTATED_KEY: &[&str] = &["api_key", "key_prefix", "replaced_prefix", "replaced_ends_at"];

/// A new key, shown this once.
#[derive(Serialize)]
struct NewKeyRow {
    api_key: String,
    #[serde(flatten)]
    key: KeySummary,
}

/// A new key in the place of another.
#[derive(Serialize)]
struct RotatedKeyRow {
    #[serde(flatten)]
    new: NewKeyRow,
    replaced_prefix: String,
    replaced_ends_at: Option<Timestamp>,
}

impl From<RotatedKey> for RotatedKeyRow {
    fn from(made: RotatedKey) -> Self {
        Self {
            new: NewKeyRow { api_key: made.api_key, key: made.key },
            replaced_prefix: made.replaced.key_prefix,
            replaced_ends_at: made.replaced.expires_at,
        }
    }
}

impl From<CreatedKey> for NewKeyRow {
    fn from(made: CreatedKey) -> Self {
        Self { api_key: made.api_key, key: made.key }
    }
}

/// Runs a command on API keys.
pub(super) fn api_key(flags: &Flags, command: ApiKeyCommand, json: bool) -> Result<(), CliError> {
    let settings = Settings::load(flags)?;
    let (mut session, now) = store::open(&settings)?;
    let admin = AdminPermit::for_command_line();
    let expiry = |text: &str| read::expiry(text, settings.generate.timezone, now);
    match command {
        ApiKeyCommand::Create { partner, permissions, name, expires } => {
            let key = NewKey {
                partner_code: read::partner_code(&partner)?,
                key_name: name.map(read::name).transpose()?,
                permissions: read::permissions(permissions)?,
                expires_at: expires.as_deref().map(expiry).transpose()?,
            };
            let made = session.write(|tx| create_key(tx, &admin, key, now))?;
            print::one(&NewKeyRow::from(made), NEW_KEY, json);
        }
        ApiKeyCommand::Change { prefix, permissions, name, expires } => {
            let prefix = read::key_prefix(&prefix)?;
            let permissions = permissions.map(|names| read::permissions(Some(names)));
            let key_name = name.map(read::name).transpose()?;
            let change = KeyChange {
                key_name: key_name.map_or(Patched::Absent, Patched::Value),
                permissions: permissions.transpose()?,
                expires_at: match expires.as_deref() {
                    None => Patched::Absent,
                    Some("never") => Patched::Null,
                    Some(text) => Patched::Value(expiry(text)?),
                },
            };
            let changed = session.write(|tx| change_key(tx, &admin, &prefix, change, now))?;
            print::one(&changed, COLUMNS, json);
        }
        ApiKeyCommand::Rotate { prefix, overlap_minutes, expires } => {
            let prefix = read::key_prefix(&prefix)?;
            let overlap = read::overlap(overlap_minutes)?;
            let expires_at = expires.as_deref().map(expiry).transpose()?;
            let rotation = Rotation { overlap, expires_at };
            let made = session.write(|tx| rotate_key(tx, &admin, &prefix, rotation, now))?;
            print::one(&RotatedKeyRow::from(made), ROTATED_KEY, json);
        }
        ApiKeyCommand::Revoke { prefix } => {
            let prefix = read::key_prefix(&prefix)?;
            let revoked = session.write(|tx| revoke_key(tx, &admin, &prefix, now))?;
            print::one(&revoked, COLUMNS, json);
        }
        ApiKeyCommand::List { partner } => {
            let partner = partner.as_deref().map(read::partner_code).transpose()?;
            let keys = session.read(|tx| list_keys(tx, &admin, partner.as_ref(), print::WHOLE))?.0;
            print::list(&keys, COLUMNS, json);
        }
    }
    Ok(())
}
