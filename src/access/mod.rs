//! Who may do what: partners with API keys, terminals with keys, operators with tokens, the demo's open visitor, and
//! permits.
//!
//! Comes in: credentials in headers. Goes out: a [`Principal`], and permits that only this room can make and that
//! use cases demand by type, so that forgetting to ask does not compile.

mod audit;
mod authenticate;
mod change_operator;
mod change_password;
mod create_operator;
mod create_partner;
mod create_terminal;
mod error;
mod gate_permit;
mod grant;
pub mod http;
mod jobs;
mod list;
mod lockout;
mod log_in;
mod model;
mod password;
mod permit;
mod prove;
mod store;

pub use audit::{Actor, AuditEntry, audit};
pub use authenticate::{Authenticator, Credentials, Openness};
pub use change_operator::{OperatorChange, change_operator};
pub use create_operator::{NewOperator, create_operator};
pub use create_partner::{NewPartner, PartnerKey, create_partner, ensure_partner};
pub use create_terminal::{NewTerminal, TerminalKey, create_terminal};
pub use error::AccessError;
pub use gate_permit::{LookPermit, Place, ReversePermit, ScanPermit};
pub use grant::{Asker, Checked, Grant, Partners, Permit, judge};
pub use http::{Allowed, authenticate_request};
pub use jobs::prune_log_ins;
pub use list::{
    PartnerSummary, TerminalSummary, list_audit, list_operators, list_partners, list_terminals,
    operator_exists,
};
pub use model::{
    AuditFilter, AuditLine, Class, OperatorPrincipal, OperatorSummary, PartnerPrincipal, Password,
    PasswordHash, Permission, PermissionSet, Principal, Role, TerminalPrincipal,
};
pub use password::{Hasher, hash_password};
pub use permit::{
    AdminPermit, EnterPermit, GeneratePermit, InfoPermit, IssuePermit, OpenPermit, ReportPermit,
    SelfPermit, TicketListPermit, VenueListPermit, Viewer,
};
pub use prove::OperatorState;
