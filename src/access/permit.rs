//! Permits of the back office: proofs that somebody may do a thing. Only this room makes them; use cases demand them
//! by type.

use super::audit::Actor;
use super::grant::{Asker, Checked, Grant, Partners, Permit};
use super::limit::FailureDoor;
use super::model::{Class, OperatorPrincipal, Permission, Principal, Role};
use crate::kernel::PartnerCode;

macro_rules! partner_permit {
    ($(#[$doc:meta])* $name:ident, $permission:expr, $class:expr) => {
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
            const GRANT: Grant = Grant::to_partners(Partners::With($permission));
            const CLASS: Class = $class;

            fn give(asker: &Asker, _: Checked) -> Option<Self> {
                Some(Self { partner: asker.partner()?.partner_code.clone() })
            }
        }
    };
}

partner_permit!(
    /// May generate tickets.
    GeneratePermit,
    Permission::TicketsGenerate,
    Class::Generate
);
partner_permit!(
    /// May list its tickets.
    TicketListPermit,
    Permission::TicketsRead,
    Class::Read
);
partner_permit!(
    /// May issue QR codes for its tickets.
    IssuePermit,
    Permission::QrIssue,
    Class::Issue
);

/// Whose tickets somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Its own.
    Partner(PartnerCode),
    /// Everybody's, at a venue.
    Venue,
}

impl Viewer {
    pub(super) fn of(asker: &Asker) -> Self {
        asker.partner().map_or(Self::Venue, |own| Self::Partner(own.partner_code.clone()))
    }

    /// Whether this partner's tickets are among them.
    #[must_use]
    pub fn may_see(&self, partner: &PartnerCode) -> bool {
        match self {
            Self::Partner(own) => own == partner,
            Self::Venue => true,
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
    const GRANT: Grant =
        Grant::to_partners(Partners::With(Permission::ReportsRead)).and_operators(Role::Supervisor);
    const CLASS: Class = Class::Read;

    fn give(asker: &Asker, _: Checked) -> Option<Self> {
        Some(Self { viewer: Viewer::of(asker) })
    }
}

/// May look a ticket up by its code.
#[derive(Clone, Debug)]
pub struct InfoPermit {
    actor: Actor,
    viewer: Viewer,
}

impl InfoPermit {
    /// Who looks, as the audit log names it.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whose tickets may be looked up.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }
}

impl Permit for InfoPermit {
    const GRANT: Grant =
        Grant::to_partners(Partners::With(Permission::TicketsRead)).and_operators(Role::Supervisor);
    const CLASS: Class = Class::Read;

    fn give(asker: &Asker, _: Checked) -> Option<Self> {
        Some(Self { actor: asker.actor()?, viewer: Viewer::of(asker) })
    }
}

/// May see the list of venues: whoever is known here.
#[derive(Clone, Copy, Debug)]
pub struct VenueListPermit(());

impl Permit for VenueListPermit {
    const GRANT: Grant =
        Grant::to_partners(Partners::Any).and_terminals().and_operators(Role::Steward);
    const CLASS: Class = Class::Read;

    fn give(_: &Asker, _: Checked) -> Option<Self> {
        Some(Self(()))
    }
}

macro_rules! own_permit {
    ($(#[$doc:meta])* $name:ident, $class:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            operator: OperatorPrincipal,
            actor: Actor,
        }

        impl $name {
            /// The operator and the session.
            #[must_use]
            pub fn operator(&self) -> &OperatorPrincipal {
                &self.operator
            }

            /// The operator, as the audit log names it.
            #[must_use]
            pub fn actor(&self) -> &Actor {
                &self.actor
            }
        }

        impl Permit for $name {
            const GRANT: Grant = Grant::to_themselves(Role::Steward);
            const CLASS: Class = $class;

            fn give(asker: &Asker, _: Checked) -> Option<Self> {
                let operator = asker.principal()?.operator()?.clone();
                Some(Self { operator, actor: asker.actor()? })
            }
        }
    };
}

own_permit!(
    /// An operator who is logged in, about themselves and the session.
    SelfPermit,
    Class::Read
);
own_permit!(
    /// An operator who is logged in, about their own password.
    PasswordPermit,
    Class::Enter
);

/// May administer: an admin, or whoever runs commands on the server's own machine.
#[derive(Clone, Debug)]
pub struct AdminPermit {
    actor: Actor,
}

impl AdminPermit {
    /// For the command line, whose user can read the database anyway.
    #[must_use]
    pub fn for_command_line() -> Self {
        Self { actor: Actor::command_line() }
    }

    /// Who administers, as the audit log names it.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

impl Permit for AdminPermit {
    const GRANT: Grant = Grant::to_operators(Role::Admin);
    const CLASS: Class = Class::Manage;

    fn give(asker: &Asker, _: Checked) -> Option<Self> {
        Some(Self { actor: asker.actor()? })
    }
}

/// May ask for what is everybody's: health, public keys.
#[derive(Clone, Copy, Debug)]
pub struct OpenPermit(());

impl Permit for OpenPermit {
    const GRANT: Grant = Grant::to_anybody();
    const CLASS: Class = Class::Unlimited;

    fn give(_: &Asker, _: Checked) -> Option<Self> {
        Some(Self(()))
    }
}

/// May try to come in: log in, or pair a device. Only tries that fail are counted: a guest who sends junk must not keep
/// out the tablets behind the same address.
#[derive(Clone, Debug)]
pub struct EnterPermit {
    failures: FailureDoor,
}

impl EnterPermit {
    /// Where tries that fail are counted.
    #[must_use]
    pub fn failures(&self) -> &FailureDoor {
        &self.failures
    }
}

impl Permit for EnterPermit {
    const GRANT: Grant = Grant::to_anybody();
    const CLASS: Class = Class::Enter;
    const COUNTS_FAILURES_ONLY: bool = true;

    fn give(asker: &Asker, _: Checked) -> Option<Self> {
        Some(Self { failures: asker.failures().of_class(Self::CLASS) })
    }
}

/// Asks for the metrics: anybody may ask, and those on the server's own machine and admins are answered in any case.
#[derive(Clone, Copy, Debug)]
pub struct MetricsPermit {
    is_answered: bool,
}

impl MetricsPermit {
    /// Whether it is for somebody who may read them without their being open to all.
    #[must_use]
    pub fn is_answered(self) -> bool {
        self.is_answered
    }
}

impl Permit for MetricsPermit {
    const GRANT: Grant = Grant::to_anybody();
    const CLASS: Class = Class::Unlimited;
    const ASKS_WHO: bool = true;

    fn give(asker: &Asker, _: Checked) -> Option<Self> {
        let role = asker.principal().and_then(Principal::role);
        Some(Self { is_answered: asker.is_at_home() || role == Some(Role::Admin) })
    }
}
