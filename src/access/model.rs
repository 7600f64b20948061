//! Principals and permissions, and the text of keys.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32HEX_NOPAD;

use super::error::AccessError;
use crate::kernel::{PartnerCode, Secret, VenueCode, random_bytes};

/// What a partner's key may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// `tickets:generate`
    TicketsGenerate,
    /// `tickets:read`
    TicketsRead,
    /// `tickets:activate`
    TicketsActivate,
    /// `tickets:cancel`
    TicketsCancel,
    /// `qr:issue`
    QrIssue,
    /// `webhooks:manage`
    WebhooksManage,
    /// `reports:read`
    ReportsRead,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::TicketsGenerate,
        Self::TicketsRead,
        Self::TicketsActivate,
        Self::TicketsCancel,
        Self::QrIssue,
        Self::WebhooksManage,
        Self::ReportsRead,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TicketsGenerate => "tickets:generate",
            Self::TicketsRead => "tickets:read",
            Self::TicketsActivate => "tickets:activate",
            Self::TicketsCancel => "tickets:cancel",
            Self::QrIssue => "qr:issue",
            Self::WebhooksManage => "webhooks:manage",
            Self::ReportsRead => "reports:read",
        }
    }
}

/// The permissions of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionSet(Vec<Permission>);

impl PermissionSet {
    /// Every permission.
    #[must_use]
    pub fn all() -> Self {
        Self(Permission::ALL.to_vec())
    }

    /// Whether a permission is in it.
    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|permission| permission.name()).collect()
    }
}

impl fmt::Display for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(","))
    }
}

impl FromStr for PermissionSet {
    type Err = AccessError;

    /// Names with commas between them.
    fn from_str(text: &str) -> Result<Self, AccessError> {
        let named = |name: &str| Permission::ALL.into_iter().find(|one| one.name() == name);
        let mut permissions = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| {
                let known = Self::all().names().join(", ");
                named(name).ok_or_else(|| AccessError::UnknownPermission(name.to_owned(), known))
            })
            .collect::<Result<Vec<_>, _>>()?;
        permissions.sort_unstable();
        permissions.dedup();
        Ok(Self(permissions))
    }
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// An online travel agency's back office.
    Partner {
        /// Which one.
        partner_code: PartnerCode,
        /// What its key is allowed.
        permissions: PermissionSet,
    },
    /// A paired device at a venue.
    Terminal {
        /// The device.
        terminal_device_id: String,
        /// Where it stands.
        venue_code: VenueCode,
    },
    /// Anybody at a demo: a supervisor at every venue.
    DemoVisitor,
}

impl Principal {
    /// How the log, the ledger and the audit log name it.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Partner { partner_code, .. } => format!("partner:{partner_code}"),
            Self::Terminal { terminal_device_id, .. } => format!("terminal:{terminal_device_id}"),
            Self::DemoVisitor => "demo-visitor".to_owned(),
        }
    }
}

/// What kind of key a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum KeyKind {
    Partner,
    Terminal,
}

impl KeyKind {
    fn start(self) -> &'static str {
        match self {
            Self::Partner => "tg_live_",
            Self::Terminal => "tg_term_",
        }
    }
}

/// A key's text, `tg_live_<prefix>_<secret>`: found by its prefix, proven by its secret of 256 random bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyText {
    pub(super) prefix: String,
    pub(super) secret: Secret<String>,
}

impl KeyText {
    pub(super) fn random() -> Self {
        let text = |bytes: &[u8]| BASE32HEX_NOPAD.encode(bytes).to_ascii_lowercase();
        Self {
            prefix: text(&random_bytes::<10>()),
            secret: Secret::new(text(&random_bytes::<32>())),
        }
    }

    pub(super) fn parse(kind: KeyKind, text: &str) -> Option<Self> {
        let (prefix, secret) = text.strip_prefix(kind.start())?.split_once('_')?;
        let is_plain = |part: &str| {
            (1..=64).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        (is_plain(prefix) && is_plain(secret))
            .then(|| Self { prefix: prefix.to_owned(), secret: Secret::new(secret.to_owned()) })
    }

    /// The text that its holder keeps; shown once.
    pub(super) fn expose(&self, kind: KeyKind) -> String {
        format!("{}{}_{}", kind.start(), self.prefix, self.secret.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_text_is_read_as_it_was_written() {
        let key = KeyText::random();
        let text = key.expose(KeyKind::Partner);
        assert_eq!(KeyText::parse(KeyKind::Partner, &text), Some(key.clone()));
        assert_eq!(KeyText::parse(KeyKind::Terminal, &text), None);
        assert!(!format!("{key:?}").contains(key.secret.expose().as_str()));
    }

    #[test]
    fn permissions_are_read_by_name() {
        let some: PermissionSet = "qr:issue, tickets:read".parse().unwrap();
        assert_eq!(some.to_string(), "tickets:read,qr:issue");
        let error = "tickets:steal".parse::<PermissionSet>().unwrap_err();
        assert!(error.to_string().starts_with("read permission tickets:steal: known are"));
    }
}
