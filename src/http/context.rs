//! What goes with every request: its id, its line in the log, its place in the metrics.

use std::cell::RefCell;
use std::rc::Rc;

use actix_cors::CorsError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};

use super::connections::AtWork;
use super::metrics::Metrics;
use super::problem::Problem;
use crate::kernel::{Stopwatch, sortable_id};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is learned about a request while it is answered.
#[derive(Debug, Default)]
struct Facts {
    request_id: String,
    principal: Option<String>,
    outcome: Option<&'static str>,
    headers: Vec<(HeaderName, String)>,
}

type SharedFacts = Rc<RefCell<Facts>>;

fn with_facts(request: &HttpRequest, change: impl FnOnce(&mut Facts)) {
    if let Some(facts) = request.extensions().get::<SharedFacts>() {
        change(&mut facts.borrow_mut());
    }
}

/// The request's id: the client's `X-Request-Id` where it is short and plain, else a new one.
#[must_use]
pub fn request_id(request: &HttpRequest) -> String {
    let mut id = String::new();
    with_facts(request, |facts| id.clone_from(&facts.request_id));
    id
}

/// Notes for the log who is asking.
pub fn set_principal(request: &HttpRequest, principal: String) {
    with_facts(request, |facts| facts.principal = Some(principal));
}

/// Notes for the log and the metrics how it went, beyond the status; a fixed word.
pub fn set_outcome(request: &HttpRequest, outcome: &'static str) {
    with_facts(request, |facts| facts.outcome = Some(outcome));
}

/// Notes a header that goes with the answer, whatever the answer will be.
pub fn add_header(request: &HttpRequest, name: HeaderName, value: String) {
    with_facts(request, |facts| facts.headers.push((name, value)));
}

fn id_of(request: &ServiceRequest) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    given.filter(is_plain).map_or_else(sortable_id, str::to_owned)
}

/// Middleware around everything: gives the request its id, answers problems with it, logs and counts.
///
/// # Errors
/// None of its own, nor of what is inside: there every error is made an answer.
pub async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let watch = Stopwatch::start();
    let _at_work = AtWork::on(request.request());
    let facts: SharedFacts = Rc::default();
    facts.borrow_mut().request_id = id_of(&request);
    request.extensions_mut().insert(SharedFacts::clone(&facts));
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(finish(response, &facts.borrow(), &watch))
}

/// An error as a problem; a request from another site's page that `cors_origins` does not allow is one too.
fn problem_of(error: &Error) -> Option<Problem> {
    let refused = error.as_error::<CorsError>().map(|cause| {
        let detail = format!("{cause}; the setting cors_origins names whose pages may call");
        Problem::new(StatusCode::FORBIDDEN, "CROSS_ORIGIN_REFUSED", detail)
    });
    refused.or_else(|| error.as_error::<Problem>().cloned())
}

/// What was added to an error's answer on its way stays on the one that takes its place.
fn keep_headers(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        if !to.contains_key(name) {
            to.insert(name.clone(), value.clone());
        }
    }
}

/// The method, if it is one of HTTP's own: others are anybody's invention, of any length and number.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn finish(response: ServiceResponse, facts: &Facts, watch: &Stopwatch) -> ServiceResponse {
    let problem = response.response().error().and_then(problem_of);
    let (request, mut inner) = response.into_parts();
    if let Some(problem) = &problem {
        let plain = std::mem::replace(&mut inner, problem.to_response(&facts.request_id));
        keep_headers(plain.headers(), inner.headers_mut());
    }
    if let Ok(value) = HeaderValue::from_str(&facts.request_id) {
        inner.headers_mut().insert(REQUEST_ID, value);
    }
    for (name, value) in &facts.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            inner.headers_mut().append(name.clone(), value);
        }
    }
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let method = known_method(request.method());
    let status = inner.status();
    let elapsed = watch.elapsed();
    if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
        metrics.count_request(method, &route, status.as_u16(), elapsed);
    }
    let code = problem.map(|problem| problem.code());
    let outcome = facts.outcome.or(code).unwrap_or("ok");
    log::info!(
        target: "ticketgate::request",
        request_id = facts.request_id.as_str(),
        principal = facts.principal.as_deref().unwrap_or("-"),
        method = method,
        route = route.as_str(),
        status = status.as_u16(),
        duration_ms = watch.millis(),
        outcome = outcome;
        "request"
    );
    ServiceResponse::new(request, inner)
}
