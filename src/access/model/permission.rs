//! What a partner's key may be allowed, and what an operator's role includes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

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

/// A name that no permission has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("read permission {name}: known are {known}")]
pub struct UnknownPermission {
    /// The name.
    pub name: String,
    /// The names that there are, with commas.
    pub known: String,
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

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The permissions with these names.
    ///
    /// # Errors
    /// The first name that none has.
    pub fn of_names<'n>(
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, UnknownPermission> {
        let one_of = |name: &str| {
            let found = Permission::ALL.into_iter().find(|one| one.name() == name);
            found.ok_or_else(|| UnknownPermission {
                name: name.to_owned(),
                known: Self::all().names().join(", "),
            })
        };
        let mut permissions = names.into_iter().map(one_of).collect::<Result<Vec<_>, _>>()?;
        permissions.sort_unstable();
        permissions.dedup();
        Ok(Self(permissions))
    }
}

impl fmt::Display for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(","))
    }
}

impl FromStr for PermissionSet {
    type Err = UnknownPermission;

    /// Names with commas between them.
    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        Self::of_names(text.split(',').map(str::trim).filter(|name| !name.is_empty()))
    }
}

/// What an operator is: each role includes the ones before it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks and scans.
    Steward,
    /// Undoes, looks people up, reads reports.
    Supervisor,
    /// Administers.
    Admin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Steward, Self::Supervisor, Self::Admin];

    /// Its name, in the database and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Steward => "steward",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|role| role.name() == text);
        named.ok_or("must be one of steward, supervisor, admin")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_read_by_name() {
        let some: PermissionSet = "qr:issue, tickets:read".parse().unwrap();
        assert_eq!(some.to_string(), "tickets:read,qr:issue");
        let error = "tickets:steal".parse::<PermissionSet>().unwrap_err();
        assert!(error.to_string().starts_with("read permission tickets:steal: known are"));
    }

    #[test]
    fn a_role_includes_the_ones_before_it() {
        assert!(Role::ALL.is_sorted());
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
    }
}
