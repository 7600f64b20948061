//! Who is asking.

use std::sync::Arc;

use super::limit::Limits;
use super::permission::{PermissionSet, Role};
use crate::kernel::{FunctionCode, PartnerCode, VenueCode};

/// An online travel agency's back office, by one of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerPrincipal {
    /// Which one.
    pub partner_code: PartnerCode,
    /// The key, by the part of it that is not secret.
    pub key_prefix: String,
    /// What its key is allowed.
    pub permissions: PermissionSet,
    /// The partner's own limits, which come before the settings.
    pub limits: Arc<Limits>,
}

/// A paired device at a venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalPrincipal {
    /// The device.
    pub terminal_device_id: String,
    /// Where it stands.
    pub venue_code: VenueCode,
    /// What it may redeem; none given means all that its venue redeems.
    pub functions: Option<Vec<FunctionCode>>,
}

/// An operator who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorPrincipal {
    /// Who.
    pub username: String,
    /// What they are.
    pub role: Role,
    /// The session, by the part of its token that is not secret.
    pub token_prefix: String,
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// An online travel agency's back office.
    Partner(PartnerPrincipal),
    /// A paired device.
    Terminal(TerminalPrincipal),
    /// An operator, with any device.
    Operator(OperatorPrincipal),
    /// An operator with a paired device.
    OperatorAtTerminal(OperatorPrincipal, TerminalPrincipal),
    /// Anybody at a demo: a supervisor at every venue.
    DemoVisitor,
}

impl Principal {
    /// How the log and the audit log name it.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Partner(partner) => format!("partner:{}", partner.partner_code),
            Self::Terminal(terminal) => format!("terminal:{}", terminal.terminal_device_id),
            Self::Operator(operator) => format!("operator:{}", operator.username),
            Self::OperatorAtTerminal(operator, terminal) => {
                format!("operator:{}+terminal:{}", operator.username, terminal.terminal_device_id)
            }
            Self::DemoVisitor => "demo-visitor".to_owned(),
        }
    }

    /// How the ledger names whose credentials a scan had, beside the operator: a terminal's before an operator's.
    #[must_use]
    pub fn ledger_label(&self) -> String {
        match self {
            Self::OperatorAtTerminal(_, terminal) => {
                format!("terminal:{}", terminal.terminal_device_id)
            }
            Self::Partner(_) | Self::Terminal(_) | Self::Operator(_) | Self::DemoVisitor => {
                self.label()
            }
        }
    }

    /// The paired device, if one is used.
    #[must_use]
    pub fn terminal(&self) -> Option<&TerminalPrincipal> {
        match self {
            Self::Terminal(terminal) | Self::OperatorAtTerminal(_, terminal) => Some(terminal),
            Self::Partner(_) | Self::Operator(_) | Self::DemoVisitor => None,
        }
    }

    /// The operator, if one is logged in.
    #[must_use]
    pub fn operator(&self) -> Option<&OperatorPrincipal> {
        match self {
            Self::Operator(operator) | Self::OperatorAtTerminal(operator, _) => Some(operator),
            Self::Partner(_) | Self::Terminal(_) | Self::DemoVisitor => None,
        }
    }

    /// The role that counts for whoever works at a venue.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::DemoVisitor => Some(Role::Supervisor),
            Self::Partner(_)
            | Self::Terminal(_)
            | Self::Operator(_)
            | Self::OperatorAtTerminal(..) => self.operator().map(|operator| operator.role),
        }
    }
}
