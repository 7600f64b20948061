//! Who may do what: partners with API keys, terminals with keys, operators with tokens, the demo's open visitor, and
//! permits.
//!
//! Comes in: credentials in headers. Goes out: a [`Principal`], and permits that only this room can make and that
//! use cases demand by type, so that forgetting to ask does not compile.

mod audit;
mod authenticate;
mod create_partner;
mod create_terminal;
mod error;
mod gate_permit;
mod grant;
pub mod http;
mod list;
mod model;
mod permit;
mod store;

pub use audit::{Actor, AuditEntry, audit};
pub use authenticate::{Authenticator, Credentials, Openness};
pub use create_partner::{NewPartner, PartnerKey, create_partner, ensure_partner};
pub use create_terminal::{NewTerminal, TerminalKey, create_terminal};
pub use error::AccessError;
pub use gate_permit::{LookPermit, Place, ReversePermit, ScanPermit};
pub use grant::{Asker, Checked, Grant, Partners, Permit, judge};
pub use http::{Allowed, authenticate_request};
pub use list::{PartnerSummary, TerminalSummary, list_audit, list_partners, list_terminals};
pub use model::{
    AuditFilter, AuditLine, Class, OperatorPrincipal, PartnerPrincipal, Permission, PermissionSet,
    Principal, Role, TerminalPrincipal,
};
pub use permit::{
    AdminPermit, EnterPermit, GeneratePermit, InfoPermit, IssuePermit, MetricsPermit, OpenPermit,
    ReportPermit, SelfPermit, TicketListPermit, VenueListPermit, Viewer,
};
