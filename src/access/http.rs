//! The door: reads credentials from headers before anything else, and gives handlers their permits.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};

use super::authenticate::{Authenticator, Credentials};
use super::error::AccessError;
use super::model::Principal;
use super::permit::Permit;
use crate::http::{Problem, set_principal};
use crate::kernel::Secret;

/// Who was found to be asking, kept with the request.
struct Identified(Result<Option<Principal>, Problem>);

/// Middleware: finds out who is asking. Judging is left to each handler's permit.
///
/// # Errors
/// The inner service's.
pub async fn authenticate_request<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(Secret::new(String::from_utf8_lossy(value.as_bytes()).into_owned()))
    };
    let credentials =
        Credentials { api_key: header("X-API-Key"), terminal_key: header("X-Terminal-Key") };
    if let Some(authenticator) = request.app_data::<web::Data<Authenticator>>().cloned() {
        let identified = authenticator.identify(credentials).await;
        if let Ok(Some(principal)) = &identified {
            set_principal(request.request(), principal.label());
        }
        request.extensions_mut().insert(Identified(identified.map_err(Problem::from)));
    }
    next.call(request).await
}

/// A permit, for a handler that may not run without it. It is judged before the body is read.
#[derive(Debug)]
pub struct Allowed<P>(pub P);

impl<P: Permit> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let identified = extensions.get::<Identified>();
        let principal = match identified {
            Some(Identified(Ok(principal))) => principal.as_ref(),
            Some(Identified(Err(problem))) => return ready(Err(problem.clone())),
            None => None,
        };
        ready(P::judge(principal).map(Self).map_err(Problem::from))
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let text = format!("failed to {error}");
        let unauthorized = |code| Self::new(StatusCode::UNAUTHORIZED, code, text.clone());
        match error {
            AccessError::ApiKeyRequired => unauthorized("API_KEY_REQUIRED"),
            AccessError::CredentialsRequired => unauthorized("CREDENTIALS_REQUIRED"),
            AccessError::InvalidApiKey => unauthorized("INVALID_API_KEY"),
            AccessError::InvalidTerminalKey => unauthorized("INVALID_TERMINAL_KEY"),
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
            AccessError::PartnerExists(_) => Self::conflict("PARTNER_EXISTS", text),
            AccessError::TerminalExists(_) => Self::conflict("TERMINAL_EXISTS", text),
            AccessError::Database(error) => error.into(),
        }
    }
}
