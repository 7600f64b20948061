//! Principals, what they are allowed, and the text of their keys.

mod audit;
mod class;
mod key;
mod operator;
mod permission;
mod principal;

pub use audit::{AuditFilter, AuditLine};
pub use class::Class;
pub(super) use key::{KeyKind, KeyText};
pub(super) use operator::{LoggedIn, LoginBody, OperatorSelf, OperatorSession, PasswordBody};
pub use operator::{OperatorSummary, Password, PasswordHash};
pub use permission::{Permission, PermissionSet, Role};
pub use principal::{OperatorPrincipal, PartnerPrincipal, Principal, TerminalPrincipal};
