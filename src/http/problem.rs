//! Problems: errors as `application/problem+json` (RFC 9457), with a stable code beside the text.

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::db::DbError;
use crate::kernel::causes;

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// The field, by its path in the body or its name in the query.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

/// An answer that is an error.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldProblem>,
    headers: Vec<(HeaderName, Cow<'static, str>)>,
}

/// The body of a problem (RFC 9457, section 3.1) with this service's own members.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemBody<'p> {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem, in words.
    title: &'p str,
    /// The HTTP status.
    status: u16,
    /// What went wrong this time and what can be done.
    detail: &'p str,
    /// The stable code.
    error: &'p str,
    /// The same text as `detail`.
    message: &'p str,
    /// The request's id, as in the log.
    request_id: &'p str,
    /// For a bad request: what is wrong with which field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'p [FieldProblem],
}

impl Problem {
    /// A problem with a status, a stable code and a text for people.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), headers: Vec::new() }
    }

    /// 400: something is wrong with these fields.
    #[must_use]
    pub fn invalid_fields(errors: Vec<FieldProblem>) -> Self {
        let texts: Vec<String> =
            errors.iter().map(|error| format!("{} {}", error.field, error.problem)).collect();
        let mut problem = Self::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", texts.join("; "));
        problem.errors = errors;
        problem
    }

    /// 400: something is wrong with this field.
    #[must_use]
    pub fn invalid_field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldProblem { field: field.into(), problem: problem.into() }])
    }

    /// 401 with the challenges that say which credentials would do.
    #[must_use]
    pub fn unauthorized(
        code: &'static str,
        challenge: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail).with_header(WWW_AUTHENTICATE, challenge)
    }

    /// 404 with the code of what is missing.
    #[must_use]
    pub fn not_found(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// 405 with the methods that the address takes, such as `GET, HEAD`.
    #[must_use]
    pub fn method_not_allowed(allowed_methods: &'static str) -> Self {
        let detail = format!("this address takes {allowed_methods} only; /docs lists them all");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", detail)
            .with_header(ALLOW, allowed_methods)
    }

    /// 409 with the code of the conflict.
    #[must_use]
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 429 with the code of what there was too much of: the same request may succeed after these seconds.
    #[must_use]
    pub fn too_many_requests(code: &'static str, detail: impl Into<String>, seconds: u32) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail)
            .with_header(RETRY_AFTER, seconds.to_string())
    }

    /// 503: the same request may succeed later.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", detail)
            .with_header(RETRY_AFTER, "1")
    }

    /// 500: a fault of the server's; the cause goes to the log and not to the client.
    #[must_use]
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        log::error!("failed to {}", causes(cause));
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_ERROR",
            "the server failed to answer; tell its operator the request_id",
        )
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The answer, with the request's id in its body.
    #[must_use]
    pub fn to_response(&self, request_id: &str) -> HttpResponse {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let kind = self.code.to_ascii_lowercase().replace('_', "-");
        let body = ProblemBody {
            kind: format!("urn:ticketgate:problem:{kind}"),
            title,
            status: self.status.as_u16(),
            detail: &self.detail,
            error: self.code,
            message: &self.detail,
            request_id,
            errors: &self.errors,
        };
        let mut response = HttpResponse::build(self.status);
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        for (name, value) in &self.headers {
            response.append_header((name, value.as_ref()));
        }
        if self.status == StatusCode::REQUEST_TIMEOUT {
            // The rest of what was too slow may still come, and is no next request.
            response.force_close();
        }
        response.body(serde_json::to_string(&body).unwrap_or_default())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// The status alone: `observe` makes the answer, with the request's id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status)
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::unavailable("the server is busy; try again shortly"),
            DbError::StorageFull => {
                log::error!("failed to {error}");
                Self::unavailable("the server's storage is full; try again later")
            }
            DbError::Unavailable(_) | DbError::Contention(_) => {
                log::error!("failed to {error}");
                Self::unavailable("the database cannot be reached; try again shortly")
            }
            DbError::TimedOut(_) => {
                log::error!("failed to {error}");
                Self::unavailable("the database took too long; try again shortly")
            }
            DbError::OutcomeUnknown(_) => {
                log::error!("failed to {error}");
                Self::unavailable(
                    "the connection to the database broke while the change was being stored; \
                     send the same request again to learn whether it was",
                )
            }
            DbError::Conflict(_) | DbError::Query(_) | DbError::NoAnswer => Self::internal(&error),
        }
    }
}
