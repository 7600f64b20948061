//! Who may do what: the grant of a permit, and its judgement of whoever asks.

use std::fmt;
use std::net::IpAddr;

use super::audit::Actor;
use super::error::AccessError;
use super::limit::{FailureDoor, Limiter, Who};
use super::model::{Class, PartnerPrincipal, Permission, PermissionSet, Principal, Role, Standing};

/// Which partners may do a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partners {
    /// None.
    Never,
    /// Each.
    Any,
    /// Those whose key has this permission.
    With(Permission),
}

impl Partners {
    fn admit(self, permissions: &PermissionSet) -> bool {
        match self {
            Self::Never => false,
            Self::Any => true,
            Self::With(permission) => permissions.has(permission),
        }
    }
}

/// Who may do a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Everybody, with credentials or without.
    pub anybody: bool,
    /// Partners.
    pub partners: Partners,
    /// Terminals, by their own key.
    pub terminals: bool,
    /// Operators from this role on.
    pub operators: Option<Role>,
    /// Whether it is about the operator: a demo's visitor, who counts as a supervisor otherwise, is none.
    pub is_personal: bool,
}

impl Grant {
    const NOBODY: Self = Self {
        anybody: false,
        partners: Partners::Never,
        terminals: false,
        operators: None,
        is_personal: false,
    };

    /// Everybody.
    #[must_use]
    pub const fn to_anybody() -> Self {
        Self { anybody: true, ..Self::NOBODY }
    }

    /// Partners.
    #[must_use]
    pub const fn to_partners(partners: Partners) -> Self {
        Self { partners, ..Self::NOBODY }
    }

    /// Operators from a role on.
    #[must_use]
    pub const fn to_operators(least: Role) -> Self {
        Self { operators: Some(least), ..Self::NOBODY }
    }

    /// Operators from a role on, about themselves.
    #[must_use]
    pub const fn to_themselves(least: Role) -> Self {
        Self { operators: Some(least), is_personal: true, ..Self::NOBODY }
    }

    /// And terminals.
    #[must_use]
    pub const fn and_terminals(self) -> Self {
        Self { terminals: true, ..self }
    }

    /// And operators from a role on.
    #[must_use]
    pub const fn and_operators(self, least: Role) -> Self {
        Self { operators: Some(least), ..self }
    }

    fn is_for_partners_only(self) -> bool {
        !self.terminals && self.operators.is_none()
    }

    fn check(self, principal: Option<&Principal>) -> Result<(), AccessError> {
        let unknown = if self.is_for_partners_only() {
            AccessError::ApiKeyRequired
        } else {
            AccessError::CredentialsRequired
        };
        let has_role = |role: Role| self.operators.is_some_and(|least| role >= least);
        let is_granted = match principal {
            _ if self.anybody => true,
            None => return Err(unknown),
            Some(Principal::DemoVisitor) if self.is_personal || !has_role(Role::Supervisor) => {
                return Err(unknown);
            }
            Some(Principal::DemoVisitor) => true,
            Some(Principal::Partner(partner)) => self.partners.admit(&partner.permissions),
            Some(Principal::Terminal(_)) => self.terminals,
            Some(Principal::Operator(operator)) => has_role(operator.role),
            Some(Principal::OperatorAtTerminal(operator, _)) => {
                self.terminals || has_role(operator.role)
            }
        };
        if is_granted {
            Ok(())
        } else {
            Err(AccessError::InsufficientPermissions(self.to_string()))
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.anybody {
            return f.write_str("nothing");
        }
        let mut who = Vec::new();
        match self.partners {
            Partners::Never => {}
            Partners::Any => who.push("an API key".to_owned()),
            Partners::With(permission) => {
                who.push(format!("an API key with the permission {}", permission.name()));
            }
        }
        if self.terminals {
            who.push("a terminal's key".to_owned());
        }
        if let Some(least) = self.operators {
            let article = if least == Role::Admin { "an" } else { "a" };
            who.push(format!("{article} {}", least.name()));
        }
        f.write_str(&who.join(" or "))
    }
}

/// Whoever asks, as far as it is known.
#[derive(Clone, Debug)]
pub struct Asker {
    principal: Option<Principal>,
    address: Option<IpAddr>,
    is_at_home: bool,
    request_id: String,
    limiter: Limiter,
}

impl Asker {
    /// Whoever sent a request, from an address if that is known.
    #[must_use]
    pub fn new(
        principal: Option<Principal>,
        address: Option<IpAddr>,
        request_id: impl Into<String>,
    ) -> Self {
        let limiter = Limiter::off();
        Self { principal, address, is_at_home: false, request_id: request_id.into(), limiter }
    }

    /// The same, counted here.
    #[must_use]
    pub fn counted_by(self, limiter: Limiter) -> Self {
        Self { limiter, ..self }
    }

    /// The same asker, on the server's own machine or not.
    #[must_use]
    pub fn at_home(self, is_at_home: bool) -> Self {
        Self { is_at_home, ..self }
    }

    pub(super) fn is_at_home(&self) -> bool {
        self.is_at_home
    }

    /// Who it is, where there were credentials.
    #[must_use]
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// Where the request came from.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    pub(super) fn partner(&self) -> Option<&PartnerPrincipal> {
        match &self.principal {
            Some(Principal::Partner(partner)) => Some(partner),
            Some(
                Principal::Terminal(_)
                | Principal::Operator(_)
                | Principal::OperatorAtTerminal(..)
                | Principal::DemoVisitor,
            )
            | None => None,
        }
    }

    fn who(&self) -> Who<&str> {
        Who::of(self.principal(), self.address)
    }

    /// Counts an operation of this class; how the asker stands, where it is limited.
    pub(super) fn count(&self, class: Class) -> Result<Option<Standing>, AccessError> {
        let own = self.partner().map(|partner| partner.limits.as_ref());
        self.limiter.count(class, self.who(), own)
    }

    /// Where the asker's failures are counted.
    pub(super) fn failures(&self) -> FailureDoor {
        FailureDoor::new(&self.limiter, &self.who())
    }

    /// The asker as the audit log names it.
    pub(super) fn actor(&self) -> Option<Actor> {
        self.principal.as_ref().map(|who| Actor::new(who.label(), self.request_id.clone()))
    }
}

/// Says that a grant was checked; made here only.
#[derive(Clone, Copy, Debug)]
pub struct Checked(());

/// A proof that somebody may do a thing: use cases demand it by type.
pub trait Permit: Sized {
    /// Who may have it. `docs/permissions.md` is made of these.
    const GRANT: Grant;
    /// What the operations that need it are limited together with.
    const CLASS: Class;
    /// Whether only what fails is counted against that limit, by the use case.
    const COUNTS_FAILURES_ONLY: bool = false;
    /// Whether it matters who asks.
    const ASKS_WHO: bool = !Self::GRANT.anybody;

    /// The permit for whoever asks, whom the grant admits; none where the asker lacks what the permit holds.
    fn give(asker: &Asker, checked: Checked) -> Option<Self>;
}

/// Gives the permit to those who may have it.
///
/// # Errors
/// Who they would have to be, or what they would have to be allowed.
pub fn judge<P: Permit>(asker: &Asker) -> Result<P, AccessError> {
    P::GRANT.check(asker.principal())?;
    let missing = || AccessError::InsufficientPermissions(P::GRANT.to_string());
    P::give(asker, Checked(())).ok_or_else(missing)
}
