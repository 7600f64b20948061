//! The door, and what is at it.

mod authenticate;
mod pair;

use actix_web::http::StatusCode;

use super::error::AccessError;
use crate::http::Problem;

pub use authenticate::{Allowed, authenticate_request};
use authenticate::{RATE_LIMIT, RATE_LIMIT_POLICY};
pub use pair::{__path_pair_terminal, PairBody, pair_terminal};

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let text = format!("failed to {error}");
        let unauthorized = |code| Self::new(StatusCode::UNAUTHORIZED, code, text.clone());
        match error {
            AccessError::ApiKeyRequired => unauthorized("API_KEY_REQUIRED"),
            AccessError::CredentialsRequired => unauthorized("CREDENTIALS_REQUIRED"),
            AccessError::InvalidApiKey => unauthorized("INVALID_API_KEY"),
            AccessError::InvalidTerminalKey => unauthorized("INVALID_TERMINAL_KEY"),
            AccessError::InvalidOperatorToken => unauthorized("OPERATOR_TOKEN_INVALID"),
            AccessError::InvalidPairingCode => unauthorized("INVALID_PAIRING_CODE"),
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
