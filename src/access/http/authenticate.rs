//! The door: reads credentials from headers before anything else, and gives handlers their permits.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};

use crate::access::authenticate::{Authenticator, Credentials};
use crate::access::grant::{Asker, Permit, judge};
use crate::http::{Problem, client_address, is_local, request_id, set_principal};
use crate::kernel::Secret;

/// Who was found to be asking, kept with the request; and what is wrong with the credentials.
struct Identified {
    asker: Asker,
    problem: Option<Problem>,
}

/// What a request brought along. A header that is no text is kept as it can be read, and is then wrong.
fn credentials(request: &ServiceRequest) -> Credentials {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let bearer = header(AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, token) = value.split_once(' ').unwrap_or((&value, ""));
        scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim().to_owned())
    });
    Credentials {
        api_key: header("X-API-Key").map(Secret::new),
        terminal_key: header("X-Terminal-Key").map(Secret::new),
        operator_token: bearer.map(Secret::new),
    }
}

/// Middleware: finds out who is asking. Judging is left to each handler's permit.
///
/// # Errors
/// The inner service's.
pub async fn authenticate_request<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if let Some(authenticator) = request.app_data::<web::Data<Authenticator>>().cloned() {
        let identified = authenticator.identify(credentials(&request)).await;
        if let Ok(Some(principal)) = &identified {
            set_principal(request.request(), principal.label());
        }
        let address = client_address(request.request());
        let id = request_id(request.request());
        let (principal, problem) = match identified {
            Ok(principal) => (principal, None),
            Err(error) => (None, Some(Problem::from(error))),
        };
        let asker = Asker::new(principal, address, id).at_home(is_local(request.request()));
        request.extensions_mut().insert(Identified { asker, problem });
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
        ready(match extensions.get::<Identified>() {
            Some(Identified { problem: Some(problem), .. }) if !P::GRANT.anybody => {
                Err(problem.clone())
            }
            Some(Identified { asker, .. }) => judge(asker).map(Self).map_err(Problem::from),
            None => judge(&Asker::new(None, None, "")).map(Self).map_err(Problem::from),
        })
    }
}
