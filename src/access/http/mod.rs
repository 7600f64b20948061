//! The door, and what is at it.

mod authenticate;
mod operators;
mod pair;

use actix_web::http::StatusCode;

use super::error::AccessError;
use crate::http::Problem;

pub use authenticate::{Allowed, for_holders_of};
use authenticate::{RATE_LIMIT, RATE_LIMIT_POLICY};
pub use operators::{
    __path_change_password, __path_login, __path_logout, __path_me, change_password, login, logout,
    me,
};
pub use pair::{__path_pair_terminal, PairBody, pair_terminal};

/// The challenges of a 401 (RFC 9110, section 11.6.1). `Bearer` is RFC 6750's; the keys have schemes of this service's.
const API_KEY: &str = "ApiKey header=\"X-API-Key\"";
const TERMINAL_KEY: &str = "TerminalKey header=\"X-Terminal-Key\"";
const BEARER: &str = "Bearer realm=\"ticketgate\"";
const TOKEN_INVALID: &str = "Bearer realm=\"ticketgate\", error=\"invalid_token\"";
const ANY: &str = "ApiKey header=\"X-API-Key\", TerminalKey header=\"X-Terminal-Key\", \
    Bearer realm=\"ticketgate\"";

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let text = format!("failed to {error}");
        let unauthorized = |code, challenge| Self::unauthorized(code, challenge, text.clone());
        match error {
            AccessError::ApiKeyRequired => unauthorized("API_KEY_REQUIRED", API_KEY),
            AccessError::CredentialsRequired => unauthorized("CREDENTIALS_REQUIRED", ANY),
            AccessError::InvalidApiKey => unauthorized("INVALID_API_KEY", API_KEY),
            AccessError::InvalidTerminalKey => unauthorized("INVALID_TERMINAL_KEY", TERMINAL_KEY),
            AccessError::InvalidOperatorToken => {
                unauthorized("OPERATOR_TOKEN_INVALID", TOKEN_INVALID)
            }
            AccessError::InvalidPairingCode => unauthorized("INVALID_PAIRING_CODE", TERMINAL_KEY),
            AccessError::InvalidLogin => unauthorized("INVALID_LOGIN", BEARER),
            AccessError::LoginLocked { seconds } => {
                Self::too_many_requests("LOGIN_LOCKED", text, seconds)
            }
            AccessError::TooManyPasswords => Self::unavailable(text),
            AccessError::Hashing(_) => Self::internal(&error),
            AccessError::OperatorExists(_) => Self::conflict("OPERATOR_EXISTS", text),
            AccessError::OperatorNotFound(_) => Self::not_found("OPERATOR_NOT_FOUND", text),
            AccessError::LastAdmin(_) => Self::conflict("LAST_ADMIN", text),
            AccessError::TwoCredentials | AccessError::UnknownPermission(..) => {
                Self::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", text)
            }
            AccessError::InsufficientPermissions(_) => {
                Self::new(StatusCode::FORBIDDEN, "INSUFFICIENT_PERMISSIONS", text)
            }
            AccessError::TerminalVenue { .. } => {
                Self::new(StatusCode::FORBIDDEN, "TERMINAL_VENUE_MISMATCH", text)
            }
            AccessError::TerminalDevice(_) => {
                Self::new(StatusCode::FORBIDDEN, "TERMINAL_DEVICE_MISMATCH", text)
            }
            AccessError::PartnerNotFound(_) => Self::not_found("PARTNER_NOT_FOUND", text),
            AccessError::KeyNotFound => Self::not_found("KEY_NOT_FOUND", text),
            AccessError::KeyRevoked(_) => Self::conflict("KEY_REVOKED", text),
            AccessError::PartnerExists(_) => Self::conflict("PARTNER_EXISTS", text),
            AccessError::TerminalNotFound(_) => Self::not_found("TERMINAL_NOT_FOUND", text),
            AccessError::TerminalExists(_) => Self::conflict("TERMINAL_EXISTS", text),
            AccessError::RateLimited(standing) => {
                Self::too_many_requests("RATE_LIMITED", text, standing.retry_after())
                    .with_header(RATE_LIMIT, standing.item())
                    .with_header(RATE_LIMIT_POLICY, standing.policy())
            }
            AccessError::Database(error) => error.into(),
        }
    }
}
