//! Who may do what: partners with API keys, terminals with keys, operators with tokens, the demo's open visitor, and
//! permits.
//!
//! Comes in: credentials in headers. Goes out: a [`Principal`], and permits that only this room can make and that
//! use cases demand by type, so that forgetting to ask does not compile.

mod audit;
mod authenticate;
mod change_key;
mod change_operator;
mod change_partner;
mod change_password;
mod change_terminal;
mod create_key;
mod create_operator;
mod create_partner;
mod create_terminal;
mod error;
mod gate_permit;
mod grant;
pub mod http;
mod jobs;
mod limit;
mod list;
mod lockout;
mod log_in;
mod memory;
mod model;
mod offer_pairing;
mod pair_terminal;
mod partner_limits;
mod password;
mod permit;
mod prove;
mod state;
mod store;

pub use audit::{Actor, AuditEntry, audit};
pub use authenticate::{Authenticator, Credentials, Identity, Openness};
pub use change_key::{change_key, revoke_key, rotate_key};
pub use change_operator::{OperatorChange, change_operator};
pub use change_partner::change_partner;
pub use change_terminal::{change_terminal, find_terminal, revoke_terminal};
pub use create_key::create_key;
pub use create_operator::{NewOperator, create_operator};
pub use create_partner::{create_partner, ensure_partner};
pub use create_terminal::{create_terminal, create_unpaired_terminal};
pub use error::AccessError;
pub use gate_permit::{LookPermit, Place, ReversePermit, ScanPermit};
pub use grant::{Asker, Checked, Grant, Partners, Permit, judge};
pub use http::{Allowed, for_holders_of};
pub use jobs::{prune_log_ins, write_last_uses};
pub use limit::{FailureDoor, Limiter};
pub use list::{
    list_audit, list_keys, list_operators, list_partners, list_terminals, operator_exists,
};
pub use model::{
    AuditFilter, AuditLine, Class, CreatedKey, CreatedPartner, Expiry, KeyChange, KeyPrefix,
    KeySummary, Limit, LimitSettings, Limits, MAX_DEVICE, NewKey, NewPartner, NewTerminal,
    OperatorPrincipal, OperatorSummary, Overlap, PairingCode, PairingOffer, PartnerChange,
    PartnerPrincipal, PartnerSummary, Password, PasswordHash, Permission, PermissionSet, Principal,
    Rate, Role, RotatedKey, Rotation, Standing, TerminalChange, TerminalKey, TerminalPrincipal,
    TerminalSummary, UnknownPermission,
};
pub use offer_pairing::offer_pairing;
pub use partner_limits::{LimitChanges, PartnerLimits, change_partner_limits};
pub use password::{Hasher, hash_password};
pub use permit::{
    AdminPermit, EnterPermit, GeneratePermit, InfoPermit, IssuePermit, MetricsPermit, OpenPermit,
    PasswordPermit, ReportPermit, SelfPermit, TicketListPermit, VenueListPermit, Viewer,
};
pub use state::AccessState;
