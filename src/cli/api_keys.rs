//! `api-key`: the keys of partners.

use chrono_tz::Tz;
use serde::Serialize;

use super::arguments::ApiKeyCommand;
use super::error::CliError;
use super::partners::{name, partner_code, permissions};
use super::{print, store};
use crate::access::{
    AccessError, AdminPermit, Expiry, KeyChange, KeyPrefix, KeySummary, NewKey, Overlap, Rotation,
    change_key, create_key, list_keys, revoke_key, rotate_key,
};
use crate::config::{Flags, Settings};
use crate::db::Session;
use crate::http::Patched;
use crate::kernel::{PartnerCode, Timestamp};

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

/// The database, and what reads times.
struct Desk {
    session: Session,
    now: Timestamp,
    timezone: Tz,
    admin: AdminPermit,
}

impl Desk {
    fn expiry(&self, text: &str) -> Result<Expiry, CliError> {
        Expiry::parse(text, self.timezone, self.now).map_err(|problem| CliError::Argument {
            what: "when the key ends",
            text: text.to_owned(),
            problem: problem.to_owned(),
        })
    }

    fn change(&mut self, prefix: &str, change: KeyChange) -> Result<KeySummary, CliError> {
        let (prefix, admin, now) = (prefix_of(prefix)?, &self.admin, self.now);
        Ok(self.session.write(|tx| change_key(tx, admin, &prefix, change, now))?)
    }

    fn rotate(&mut self, prefix: &str, rotation: Rotation) -> Result<RotatedKeyRow, CliError> {
        let (prefix, admin, now) = (prefix_of(prefix)?, &self.admin, self.now);
        let made = self.session.write(|tx| rotate_key(tx, admin, &prefix, rotation, now))?;
        Ok(RotatedKeyRow {
            new: NewKeyRow { api_key: made.api_key, key: made.key },
            replaced_prefix: made.replaced.key_prefix,
            replaced_ends_at: made.replaced.expires_at,
        })
    }

    fn create(&mut self, key: NewKey) -> Result<NewKeyRow, CliError> {
        let (admin, now) = (&self.admin, self.now);
        let made = self.session.write(|tx| create_key(tx, admin, key, now))?;
        Ok(NewKeyRow { api_key: made.api_key, key: made.key })
    }

    fn revoke(&mut self, prefix: &str) -> Result<KeySummary, CliError> {
        let (prefix, admin, now) = (prefix_of(prefix)?, &self.admin, self.now);
        Ok(self.session.write(|tx| revoke_key(tx, admin, &prefix, now))?)
    }

    fn list(&mut self, partner: Option<&PartnerCode>) -> Result<Vec<KeySummary>, CliError> {
        let admin = &self.admin;
        let (keys, _) = self.session.read(|tx| list_keys(tx, admin, partner, print::WHOLE))?;
        Ok(keys)
    }
}

fn prefix_of(text: &str) -> Result<KeyPrefix, AccessError> {
    KeyPrefix::parse(text).ok_or(AccessError::KeyNotFound)
}

/// Runs a command on API keys.
pub(super) fn api_key(flags: &Flags, command: ApiKeyCommand, json: bool) -> Result<(), CliError> {
    let settings = Settings::load(flags)?;
    let (session, now) = store::open(&settings)?;
    let timezone = settings.generate.timezone;
    let mut desk = Desk { session, now, timezone, admin: AdminPermit::for_command_line() };
    match command {
        ApiKeyCommand::Create { partner, permissions: names, name: key_name, expires } => {
            let key = NewKey {
                partner_code: partner_code(&partner)?,
                key_name: key_name.map(name).transpose()?,
                permissions: permissions(names)?,
                expires_at: expires.map(|text| desk.expiry(&text)).transpose()?,
            };
            print::one(&desk.create(key)?, NEW_KEY, json);
        }
        ApiKeyCommand::Change { prefix, permissions: names, name: key_name, expires } => {
            let key_name = key_name.map(name).transpose()?;
            let change = KeyChange {
                key_name: key_name.map_or(Patched::Absent, Patched::Value),
                permissions: names.map(|names| permissions(Some(names))).transpose()?,
                expires_at: match expires.as_deref() {
                    None => Patched::Absent,
                    Some("never") => Patched::Null,
                    Some(text) => Patched::Value(desk.expiry(text)?),
                },
            };
            print::one(&desk.change(&prefix, change)?, COLUMNS, json);
        }
        ApiKeyCommand::Rotate { prefix, overlap_minutes, expires } => {
            let overlap = Overlap::of_minutes(overlap_minutes).map_err(|problem| {
                let text = overlap_minutes.to_string();
                CliError::Argument { what: "the minutes of overlap", text, problem }
            })?;
            let expires_at = expires.map(|text| desk.expiry(&text)).transpose()?;
            let rotated = desk.rotate(&prefix, Rotation { overlap, expires_at })?;
            print::one(&rotated, ROTATED_KEY, json);
        }
        ApiKeyCommand::Revoke { prefix } => print::one(&desk.revoke(&prefix)?, COLUMNS, json),
        ApiKeyCommand::List { partner } => {
            let partner = partner.map(|code| partner_code(&code)).transpose()?;
            print::list(&desk.list(partner.as_ref())?, COLUMNS, json);
        }
    }
    Ok(())
}
