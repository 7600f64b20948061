//! Permits: proofs that somebody may do a thing. Only this room makes them; use cases demand them by type.

use super::error::AccessError;
use super::model::{Permission, PermissionSet, Principal};
use crate::kernel::{PartnerCode, VenueCode};

/// A proof that is given or refused by looking at who asks.
pub trait Permit: Sized {
    /// Gives the permit to those who may have it.
    ///
    /// # Errors
    /// Who they would have to be, or what they would have to be allowed.
    fn judge(principal: Option<&Principal>) -> Result<Self, AccessError>;
}

fn needs(permission: Permission) -> AccessError {
    AccessError::InsufficientPermissions(format!("the permission {}", permission.name()))
}

fn check(permissions: &PermissionSet, permission: Permission) -> Result<(), AccessError> {
    if permissions.has(permission) { Ok(()) } else { Err(needs(permission)) }
}

/// The partner behind the request, if its key has the permission.
fn partner_with(
    principal: Option<&Principal>,
    permission: Permission,
) -> Result<PartnerCode, AccessError> {
    match principal {
        None | Some(Principal::DemoVisitor) => Err(AccessError::ApiKeyRequired),
        Some(Principal::Partner { partner_code, permissions }) => {
            check(permissions, permission)?;
            Ok(partner_code.clone())
        }
        Some(Principal::Terminal { .. }) => Err(needs(permission)),
    }
}

macro_rules! partner_permit {
    ($(#[$doc:meta])* $name:ident, $permission:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            partner: PartnerCode,
        }

        impl $name {
            /// The partner whose things these are.
            #[must_use]
            pub fn partner(&self) -> &PartnerCode {
                &self.partner
            }
        }

        impl Permit for $name {
            fn judge(principal: Option<&Principal>) -> Result<Self, AccessError> {
                partner_with(principal, $permission).map(|partner| Self { partner })
            }
        }
    };
}

partner_permit!(
    /// May generate tickets.
    GeneratePermit,
    Permission::TicketsGenerate
);
partner_permit!(
    /// May list its tickets.
    TicketListPermit,
    Permission::TicketsRead
);
partner_permit!(
    /// May issue QR codes for its tickets.
    IssuePermit,
    Permission::QrIssue
);

/// Whose tickets somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Its own.
    Partner(PartnerCode),
    /// Everybody's, at a venue.
    Venue {
        /// The venue that the viewer is bound to.
        bound_to: Option<VenueCode>,
    },
}

impl Viewer {
    /// Whether this partner's tickets are among them.
    #[must_use]
    pub fn may_see(&self, partner: &PartnerCode) -> bool {
        match self {
            Self::Partner(own) => own == partner,
            Self::Venue { .. } => true,
        }
    }
}

/// The venue to act at: the terminal's own, or else the one that was named. A terminal speaks for its own only.
fn venue_to_act_at(
    own: Option<&VenueCode>,
    named: Option<VenueCode>,
) -> Result<Option<VenueCode>, AccessError> {
    match (own, named) {
        (Some(own), Some(named)) if *own != named => {
            Err(AccessError::TerminalVenue { own: own.clone(), named })
        }
        (Some(own), _) => Ok(Some(own.clone())),
        (None, named) => Ok(named),
    }
}

/// May look at the ticket behind a QR code.
#[derive(Clone, Debug)]
pub struct LookPermit {
    viewer: Viewer,
}

impl LookPermit {
    /// Whose tickets may be looked at.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The venue to look for: the terminal's own, or else the one that was named.
    ///
    /// # Errors
    /// A terminal's is another one.
    pub fn venue(&self, named: Option<VenueCode>) -> Result<Option<VenueCode>, AccessError> {
        let own = match &self.viewer {
            Viewer::Venue { bound_to } => bound_to.as_ref(),
            Viewer::Partner(_) => None,
        };
        venue_to_act_at(own, named)
    }
}

impl Permit for LookPermit {
    fn judge(principal: Option<&Principal>) -> Result<Self, AccessError> {
        let viewer = match principal {
            None => return Err(AccessError::CredentialsRequired),
            Some(Principal::Partner { partner_code, permissions }) => {
                check(permissions, Permission::TicketsRead)?;
                Viewer::Partner(partner_code.clone())
            }
            Some(Principal::Terminal { venue_code, .. }) => {
                Viewer::Venue { bound_to: Some(venue_code.clone()) }
            }
            Some(Principal::DemoVisitor) => Viewer::Venue { bound_to: None },
        };
        Ok(Self { viewer })
    }
}

/// May redeem.
#[derive(Clone, Debug)]
pub struct ScanPermit {
    principal: String,
    terminal: Option<(String, VenueCode)>,
}

impl ScanPermit {
    /// Who redeems, as the ledger names it.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// Whether scans may name this device: a terminal's only its own.
    ///
    /// # Errors
    /// The terminal's own device is another one.
    pub fn check_device(&self, named: &str) -> Result<(), AccessError> {
        match &self.terminal {
            Some((own, _)) if own != named => Err(AccessError::TerminalDevice(own.clone())),
            Some(_) | None => Ok(()),
        }
    }

    /// The venue to scan at: the terminal's own, or else the one that was named.
    ///
    /// # Errors
    /// A terminal's is another one.
    pub fn venue(&self, named: Option<VenueCode>) -> Result<Option<VenueCode>, AccessError> {
        venue_to_act_at(self.terminal.as_ref().map(|(_, venue)| venue), named)
    }
}

impl Permit for ScanPermit {
    fn judge(principal: Option<&Principal>) -> Result<Self, AccessError> {
        let who = principal.ok_or(AccessError::CredentialsRequired)?;
        let terminal = match who {
            Principal::Partner { .. } => {
                return Err(AccessError::InsufficientPermissions("a terminal's key".to_owned()));
            }
            Principal::Terminal { terminal_device_id, venue_code } => {
                Some((terminal_device_id.clone(), venue_code.clone()))
            }
            Principal::DemoVisitor => None,
        };
        Ok(Self { principal: who.label(), terminal })
    }
}

/// May undo a redemption.
#[derive(Clone, Debug)]
pub struct ReversePermit {
    principal: String,
}

impl ReversePermit {
    /// Who undoes, as the ledger names it.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }
}

impl Permit for ReversePermit {
    fn judge(principal: Option<&Principal>) -> Result<Self, AccessError> {
        match principal {
            None => Err(AccessError::CredentialsRequired),
            Some(who @ Principal::DemoVisitor) => Ok(Self { principal: who.label() }),
            Some(Principal::Partner { .. } | Principal::Terminal { .. }) => {
                Err(AccessError::InsufficientPermissions("a supervisor".to_owned()))
            }
        }
    }
}

/// May read the ledger.
#[derive(Clone, Debug)]
pub struct ReportPermit {
    viewer: Viewer,
}

impl ReportPermit {
    /// Whose events may be read.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }
}

impl Permit for ReportPermit {
    fn judge(principal: Option<&Principal>) -> Result<Self, AccessError> {
        let viewer = match principal {
            None => return Err(AccessError::CredentialsRequired),
            Some(Principal::Partner { partner_code, permissions }) => {
                check(permissions, Permission::ReportsRead)?;
                Viewer::Partner(partner_code.clone())
            }
            Some(Principal::Terminal { .. }) => {
                return Err(AccessError::InsufficientPermissions("a supervisor".to_owned()));
            }
            Some(Principal::DemoVisitor) => Viewer::Venue { bound_to: None },
        };
        Ok(Self { viewer })
    }
}

/// May look a ticket up by its code.
#[derive(Clone, Debug)]
pub struct InfoPermit {
    principal: String,
    viewer: Viewer,
}

impl InfoPermit {
    /// Who looks, as the audit log names it.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// Whose tickets may be looked up.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }
}

impl Permit for InfoPermit {
    fn judge(principal: Option<&Principal>) -> Result<Self, AccessError> {
        let who = principal.ok_or(AccessError::CredentialsRequired)?;
        let viewer = match who {
            Principal::Partner { partner_code, permissions } => {
                check(permissions, Permission::TicketsRead)?;
                Viewer::Partner(partner_code.clone())
            }
            Principal::Terminal { .. } => {
                return Err(AccessError::InsufficientPermissions("a supervisor".to_owned()));
            }
            Principal::DemoVisitor => Viewer::Venue { bound_to: None },
        };
        Ok(Self { principal: who.label(), viewer })
    }
}

/// May see the list of venues: whoever is known here.
#[derive(Clone, Copy, Debug)]
pub struct VenueListPermit(());

impl Permit for VenueListPermit {
    fn judge(principal: Option<&Principal>) -> Result<Self, AccessError> {
        principal.map(|_| Self(())).ok_or(AccessError::CredentialsRequired)
    }
}

/// May administer: whoever runs commands on the server's own machine.
#[derive(Clone, Copy, Debug)]
pub struct AdminPermit(());

impl AdminPermit {
    /// For the command line, whose user can read the database anyway.
    #[must_use]
    pub fn for_command_line() -> Self {
        Self(())
    }
}
