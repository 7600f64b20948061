//! The door: reads credentials from headers before a body is read, and gives handlers their permits.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderName};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, Route, web};

use crate::access::authenticate::{Authenticator, Credentials, Identity};
use crate::access::error::AccessError;
use crate::access::grant::{Asker, Permit, judge};
use crate::access::limit::Limiter;
use crate::access::memory::REMEMBERED;
use crate::access::model::Principal;
use crate::http::{
    Problem, SLOW_BODY, add_header, client_address, is_local, recheck_after_slow_body, request_id,
    set_principal,
};
use crate::kernel::Secret;

/// How somebody stands with a limit (draft-ietf-httpapi-ratelimit-headers).
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// The limit itself, from the same draft.
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A key that is ended is refused within a second on every server, also to who has sent it with a slow body.
const _: () = assert!(REMEMBERED.as_millis() + SLOW_BODY.as_millis() <= 1000);

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
fn credentials(request: &HttpRequest) -> Credentials {
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

/// A route for those who may have a permit: who asks is found out only where that matters, since it may cost a look into
/// the database.
#[must_use]
pub fn for_holders_of<P: Permit + 'static>(route: Route) -> Route {
    if P::ASKS_WHO { route.wrap(from_fn(authenticate::<P, BoxBody>)) } else { route }
}

/// Middleware of one route: finds out who is asking. Judging is left to the handler's permit.
async fn authenticate<P: Permit + 'static, B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let is_let_in_anyway = P::GRANT.anybody && is_local(request.request());
    if !is_let_in_anyway && let Some(identified) = identify(request.request()).await {
        if let Some(principal) = identified.asker.principal() {
            set_principal(request.request(), principal.label());
        }
        request.extensions_mut().insert(identified);
        recheck_after_slow_body(request.request(), identify_again::<P>);
    }
    next.call(request).await
}

async fn identify(request: &HttpRequest) -> Option<Identified> {
    let authenticator = request.app_data::<web::Data<Authenticator>>()?;
    let Identity { principal, error } = authenticator.identify(credentials(request)).await;
    Some(Identified { asker: asker(request, principal), wrong: error.map(Wrong::from) })
}

fn asker(request: &HttpRequest, principal: Option<Principal>) -> Asker {
    let limiter = request.app_data::<web::Data<Limiter>>();
    let limiter = limiter.map(|limiter| limiter.get_ref().clone()).unwrap_or_default();
    Asker::new(principal, client_address(request), request_id(request))
        .at_home(is_local(request))
        .counted_by(limiter)
}

/// Whether whoever was let in would be let in still, as the same and with the same rights.
fn identify_again<P: Permit + 'static>(
    request: HttpRequest,
) -> Pin<Box<dyn Future<Output = Result<(), Problem>>>> {
    Box::pin(async move {
        let Some(now) = identify(&request).await else { return Ok(()) };
        accept::<P>(&now)?;
        let extensions = request.extensions();
        let before = extensions.get::<Identified>().and_then(|before| before.asker.principal());
        if before == now.asker.principal() {
            return Ok(());
        }
        Err(Problem::unavailable(
            "what these credentials may do was changed while the body arrived; send the request again",
        ))
    })
}

/// A permit, for a handler that may not run without it. It is judged before the body is read.
#[derive(Debug)]
pub struct Allowed<P>(pub P);

impl<P: Permit> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let permit = match request.extensions().get::<Identified>() {
            Some(identified) => admit(request, identified),
            // Nobody was asked who they are, and so only what is for anybody is given.
            None => admit(request, &Identified { asker: asker(request, None), wrong: None }),
        };
        ready(permit.map(Self))
    }
}

/// Judges first and counts after: whoever may not have the permit hears that, however often they ask, and what is
/// wrong is counted apart from what is right.
fn admit<P: Permit>(request: &HttpRequest, identified: &Identified) -> Result<P, Problem> {
    let permit = accept(identified)?;
    if !P::COUNTS_FAILURES_ONLY
        && let Some(standing) = identified.asker.count(P::CLASS)?
    {
        add_header(request, RATE_LIMIT, standing.item());
        add_header(request, RATE_LIMIT_POLICY, standing.policy());
    }
    Ok(permit)
}

fn accept<P: Permit>(identified: &Identified) -> Result<P, Problem> {
    let Identified { asker, wrong } = identified;
    if let Some(Wrong { problem, is_failure }) = wrong
        && !P::GRANT.anybody
    {
        if *is_failure {
            asker.failures().count()?;
        }
        return Err(problem.clone());
    }
    Ok(judge(asker)?)
}
