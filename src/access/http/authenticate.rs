//! The door: reads credentials from headers before anything else, and gives handlers their permits.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderName};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};

use crate::access::authenticate::{Authenticator, Credentials, Identity};
use crate::access::error::AccessError;
use crate::access::grant::{Asker, Permit, judge};
use crate::access::limit::Limiter;
use crate::http::{Problem, add_header, client_address, is_local, request_id, set_principal};
use crate::kernel::Secret;

/// How somebody stands with a limit (draft-ietf-httpapi-ratelimit-headers).
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// The limit itself, from the same draft.
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Who was found to be asking, kept with the request; and what is wrong with the credentials.
struct Identified {
    asker: Asker,
    wrong: Option<Wrong>,
}

/// Credentials that were not accepted.
struct Wrong {
    problem: Problem,
    /// Whether they may have been guessed.
    is_failure: bool,
}

impl From<AccessError> for Wrong {
    fn from(error: AccessError) -> Self {
        let is_failure = matches!(
            error,
            AccessError::InvalidApiKey
                | AccessError::InvalidTerminalKey
                | AccessError::InvalidOperatorToken
        );
        Self { problem: error.into(), is_failure }
    }
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
        let Identity { principal, error } = authenticator.identify(credentials(&request)).await;
        if let Some(principal) = &principal {
            set_principal(request.request(), principal.label());
        }
        let address = client_address(request.request());
        let id = request_id(request.request());
        let limiter = request.app_data::<web::Data<Limiter>>();
        let limiter = limiter.map(|limiter| limiter.get_ref().clone()).unwrap_or_default();
        let asker = Asker::new(principal, address, id)
            .at_home(is_local(request.request()))
            .counted_by(limiter);
        request.extensions_mut().insert(Identified { asker, wrong: error.map(Wrong::from) });
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
        ready(match request.extensions().get::<Identified>() {
            Some(identified) => admit(request, identified).map(Self),
            None => judge(&Asker::new(None, None, "")).map(Self).map_err(Problem::from),
        })
    }
}

/// Judges first and counts after: whoever may not have the permit hears that, however often they ask, and what is
/// wrong is counted apart from what is right.
fn admit<P: Permit>(request: &HttpRequest, identified: &Identified) -> Result<P, Problem> {
    let Identified { asker, wrong } = identified;
    if let Some(Wrong { problem, is_failure }) = wrong
        && !P::GRANT.anybody
    {
        if *is_failure {
            asker.failures().count()?;
        }
        return Err(problem.clone());
    }
    let permit = judge(asker)?;
    if let Some(standing) = asker.count(P::CLASS)? {
        add_header(request, RATE_LIMIT, standing.item());
        add_header(request, RATE_LIMIT_POLICY, standing.policy());
    }
    Ok(permit)
}
