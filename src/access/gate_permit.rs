//! Permits of the gate: to look, to redeem, to undo, each with the place that the credentials bind it to.

use super::error::AccessError;
use super::grant::{Asker, Checked, Grant, Partners, Permit};
use super::limit::FailureDoor;
use super::model::{Class, Permission, Principal, Role, TerminalPrincipal};
use super::permit::Viewer;
use crate::kernel::{FunctionCode, VenueCode};

/// Where something is redeemed, as far as the credentials bind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The venue; none where none was named and none is bound.
    pub venue_code: Option<VenueCode>,
    /// What the terminal may redeem; none given means all that its venue redeems.
    pub functions: Option<Vec<FunctionCode>>,
}

/// The place to act at: the terminal's own, or else the venue that was named. A terminal speaks for its own only.
fn place_to_act_at(
    terminal: Option<&TerminalPrincipal>,
    named: Option<VenueCode>,
) -> Result<Place, AccessError> {
    match (terminal, named) {
        (Some(terminal), Some(named)) if terminal.venue_code != named => {
            Err(AccessError::TerminalVenue { own: terminal.venue_code.clone(), named })
        }
        (Some(terminal), _) => Ok(Place {
            venue_code: Some(terminal.venue_code.clone()),
            functions: terminal.functions.clone(),
        }),
        (None, venue_code) => Ok(Place { venue_code, functions: None }),
    }
}

/// Whether somebody sees how customers can be reached, not only their name and type: a ticket's own partner, and
/// supervisors.
fn sees_contacts(asker: &Asker) -> bool {
    asker.partner().is_some()
        || asker.principal().and_then(Principal::role).is_some_and(|role| role >= Role::Supervisor)
}

/// May look at the ticket behind a QR code.
#[derive(Clone, Debug)]
pub struct LookPermit {
    viewer: Viewer,
    terminal: Option<TerminalPrincipal>,
    sees_contacts: bool,
    failures: FailureDoor,
}

impl LookPermit {
    /// Whose tickets may be looked at.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Whether the customer's contacts may be shown unmasked.
    #[must_use]
    pub fn sees_contacts(&self) -> bool {
        self.sees_contacts
    }

    /// Where codes that do not open are counted.
    #[must_use]
    pub fn failures(&self) -> &FailureDoor {
        &self.failures
    }

    /// The place to look for: the terminal's own, or else the venue that was named.
    ///
    /// # Errors
    /// A terminal's is another one.
    pub fn place(&self, named: Option<VenueCode>) -> Result<Place, AccessError> {
        place_to_act_at(self.terminal.as_ref(), named)
    }
}

impl Permit for LookPermit {
    const GRANT: Grant = Grant::to_partners(Partners::With(Permission::TicketsRead))
        .and_terminals()
        .and_operators(Role::Steward);
    const CLASS: Class = Class::Look;

    fn give(asker: &Asker, _: Checked) -> Option<Self> {
        Some(Self {
            viewer: Viewer::of(asker),
            terminal: asker.principal()?.terminal().cloned(),
            sees_contacts: sees_contacts(asker),
            failures: asker.failures(),
        })
    }
}

/// May redeem.
#[derive(Clone, Debug)]
pub struct ScanPermit {
    principal: String,
    operator: Option<String>,
    terminal: Option<TerminalPrincipal>,
    sees_contacts: bool,
    failures: FailureDoor,
}

impl ScanPermit {
    /// Whose credentials, as the ledger names it.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The operator, if one is logged in.
    #[must_use]
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// Whether the customer's contacts may be shown unmasked.
    #[must_use]
    pub fn sees_contacts(&self) -> bool {
        self.sees_contacts
    }

    /// Whether scans may name this device: a terminal's only its own.
    ///
    /// # Errors
    /// The terminal's own device is another one.
    pub fn check_device(&self, named: &str) -> Result<(), AccessError> {
        match &self.terminal {
            Some(terminal) if terminal.terminal_device_id != named => {
                Err(AccessError::TerminalDevice(terminal.terminal_device_id.clone()))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Where codes that do not open are counted.
    #[must_use]
    pub fn failures(&self) -> &FailureDoor {
        &self.failures
    }

    /// The place to scan at: the terminal's own, or else the venue that was named.
    ///
    /// # Errors
    /// A terminal's is another one.
    pub fn place(&self, named: Option<VenueCode>) -> Result<Place, AccessError> {
        place_to_act_at(self.terminal.as_ref(), named)
    }
}

impl Permit for ScanPermit {
    const GRANT: Grant = Grant::to_operators(Role::Steward).and_terminals();
    const CLASS: Class = Class::Scan;

    fn give(asker: &Asker, _: Checked) -> Option<Self> {
        let who = asker.principal()?;
        Some(Self {
            principal: who.ledger_label(),
            operator: who.operator().map(|operator| operator.username.clone()),
            terminal: who.terminal().cloned(),
            sees_contacts: sees_contacts(asker),
            failures: asker.failures(),
        })
    }
}

/// May undo a redemption.
#[derive(Clone, Debug)]
pub struct ReversePermit {
    principal: String,
    operator: Option<String>,
}

impl ReversePermit {
    /// Whose credentials, as the ledger names it.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The operator, if one is logged in.
    #[must_use]
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }
}

impl Permit for ReversePermit {
    const GRANT: Grant = Grant::to_operators(Role::Supervisor);
    const CLASS: Class = Class::Scan;

    fn give(asker: &Asker, _: Checked) -> Option<Self> {
        let who = asker.principal()?;
        let operator = who.operator().map(|operator| operator.username.clone());
        Some(Self { principal: who.ledger_label(), operator })
    }
}
