//! Principals, what they are allowed, the text of their keys and codes, and what administration makes and sees of them.

mod api_key;
mod audit;
mod class;
mod key;
mod limit;
mod operator;
mod pairing_code;
mod partner;
mod permission;
mod principal;
mod terminal;
mod uses;

pub use api_key::{
    CreatedKey, Expiry, KeyChange, KeyPrefix, KeySummary, NewKey, Overlap, RotatedKey, Rotation,
};
pub use audit::{AuditFilter, AuditLine};
pub use class::Class;
pub(super) use key::{KeyKind, KeyText};
pub use limit::{Limit, LimitSettings, Limits, Rate, Standing};
pub(super) use operator::{LoggedIn, LoginBody, OperatorSelf, OperatorSession, PasswordBody};
pub use operator::{OperatorSummary, Password, PasswordHash};
pub use pairing_code::PairingCode;
pub use partner::{CreatedPartner, NewPartner, PartnerChange, PartnerSummary};
pub use permission::{Permission, PermissionSet, Role, UnknownPermission};
pub use principal::{OperatorPrincipal, PartnerPrincipal, Principal, TerminalPrincipal};
pub use terminal::{
    MAX_DEVICE, NewTerminal, PairingOffer, TerminalChange, TerminalKey, TerminalSummary,
};
pub(super) use uses::{UsedKey, Uses, is_due, latest_before};
