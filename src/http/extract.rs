//! Extractors: a JSON body and a query string, with errors that name the field.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::QueryPayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problem::Problem;
use super::recheck::check_again;
use super::settings::HttpSettings;

/// Bytes of a body at most, where nothing else is said.
pub const BODY_LIMIT: usize = 16 * 1024;
/// Bytes of a body at most that speaks of many things at once.
pub const BULK_BODY_LIMIT: usize = 256 * 1024;

/// A JSON body of so many bytes at most.
#[derive(Debug)]
pub struct JsonBody<T, const LIMIT: usize = BODY_LIMIT>(pub T);

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for JsonBody<T, LIMIT> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read(request, payload, LIMIT);
        Box::pin(async move { body.await?.parse().map(Self) })
    }
}

/// A JSON body of so many bytes at most that may be left out.
#[derive(Debug)]
pub struct OptionalJsonBody<T, const LIMIT: usize = BODY_LIMIT>(pub T);

impl<T: DeserializeOwned + Default + 'static, const LIMIT: usize> FromRequest
    for OptionalJsonBody<T, LIMIT>
{
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read(request, payload, LIMIT);
        Box::pin(async move {
            let body = body.await?;
            if body.bytes.is_empty() { Ok(Self(T::default())) } else { body.parse().map(Self) }
        })
    }
}

/// A body as it came.
pub(super) struct RawBody {
    is_json: bool,
    bytes: BytesMut,
}

impl RawBody {
    fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if self.is_json { parse(&self.bytes) } else { Err(not_json()) }
    }
}

pub(super) fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> impl Future<Output = Result<RawBody, Problem>> + use<> {
    let is_json = is_json(request);
    let settings = request.app_data::<web::Data<HttpSettings>>();
    let patience = settings.map_or(HttpSettings::default().body_timeout, |set| set.body_timeout);
    let body = web::Payload::from_request(request, payload);
    let request = request.clone();
    async move {
        let body = body.await.map_err(|_| unreadable())?;
        let bytes = tokio::time::timeout(patience, read_limited(body, limit)).await;
        let bytes = bytes.map_err(|_| too_slow(patience))??;
        check_again(request).await?;
        Ok(RawBody { is_json, bytes })
    }
}

fn too_slow(patience: Duration) -> Problem {
    let seconds = patience.as_secs();
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "REQUEST_TIMEOUT",
        format!("the body must arrive within {seconds} s; send the request again"),
    )
}

fn not_json() -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UNSUPPORTED_MEDIA_TYPE",
        "send the body as Content-Type: application/json",
    )
}

fn is_json(request: &HttpRequest) -> bool {
    let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = header.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
}

fn unreadable() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "INVALID_REQUEST",
        "the body could not be read to its end",
    )
}

async fn read_limited(mut body: web::Payload, limit: usize) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = next(&mut body).await {
        let chunk = chunk.map_err(|_| unreadable())?;
        if bytes.len() + chunk.len() > limit {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "PAYLOAD_TOO_LARGE",
                format!("the body must be at most {limit} bytes"),
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn next(
    body: &mut web::Payload,
) -> Option<Result<web::Bytes, actix_web::error::PayloadError>> {
    std::future::poll_fn(|context| {
        let stream: Pin<&mut web::Payload> = Pin::new(body);
        futures_core::Stream::poll_next(stream, context)
    })
    .await
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json);
    if parsed.is_ok() && is_object(bytes) && json.end().is_ok() {
        return parsed.map_err(|error| data_problem(&error));
    }
    // A wrong value in the place of a name is a syntax error to serde; to us only what is no JSON at all is one.
    serde_json::from_slice::<Value>(bytes)
        .map_err(|error| body_problem(format!("must be valid JSON: {error}")))?;
    if !is_object(bytes) {
        return Err(body_problem("must be a JSON object".to_owned()));
    }
    parsed.map_err(|error| data_problem(&error))
}

/// serde would take an array of the right values for an object too.
fn is_object(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{")
}

fn body_problem(problem: String) -> Problem {
    Problem::invalid_field("body", problem)
}

/// serde's text without the names of the program's own types.
fn in_plain_words(text: &str) -> String {
    let text = text.replace("expected i64", "expected a whole number");
    match text.split_once("expected struct") {
        Some((found, _)) => format!("{found}expected an object"),
        None => text,
    }
}

/// Names the field: serde gives the path of a value of the wrong type, and the name of a missing one in its text.
fn data_problem(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let path = error.path().to_string();
    let text = error.inner().to_string();
    let text = text.split_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let text = in_plain_words(text);
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    let outer = if path == "." { "" } else { path.as_str() };
    let (field, problem) = match missing {
        Some(name) if outer.is_empty() => (name.to_owned(), "is required".to_owned()),
        Some(name) => (format!("{outer}.{name}"), "is required".to_owned()),
        None if outer.is_empty() => ("body".to_owned(), format!("is not valid: {text}")),
        None => (outer.to_owned(), format!("is not valid: {text}")),
    };
    Problem::invalid_field(field, problem)
}

/// A query string.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = web::Query::<T>::from_query(request.query_string());
        let wrong = |error: QueryPayloadError| Problem::invalid_field("query", error.to_string());
        std::future::ready(parsed.map(|query| Self(query.into_inner())).map_err(wrong))
    }
}
