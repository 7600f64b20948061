//! Principals, what they are allowed, the text of their keys and codes, and terminals.

mod audit;
mod class;
mod key;
mod pairing_code;
mod permission;
mod principal;
mod terminal;

use crate::db::Db;
use crate::kernel::Clock;

pub use audit::{AuditFilter, AuditLine};
pub use class::Class;
pub(super) use key::{KeyKind, KeyText};
pub use pairing_code::PairingCode;
pub use permission::{Permission, PermissionSet, Role};
pub use principal::{OperatorPrincipal, PartnerPrincipal, Principal, TerminalPrincipal};
pub use terminal::{
    FunctionsChange, MAX_DEVICE, NewTerminal, PairingOffer, TerminalChange, TerminalKey,
    TerminalSummary,
};

/// What the routes of this slice need.
#[derive(Clone, Debug)]
pub struct AccessState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
}
