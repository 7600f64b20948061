//! Principals, what they are allowed, and the text of their keys.

mod audit;
mod class;
mod key;
mod limit;
mod permission;
mod principal;

pub use audit::{AuditFilter, AuditLine};
pub use class::Class;
pub(super) use key::{KeyKind, KeyText};
pub use limit::{Limit, LimitSettings, Limits, Rate, Standing};
pub use permission::{Permission, PermissionSet, Role};
pub use principal::{OperatorPrincipal, PartnerPrincipal, Principal, TerminalPrincipal};
