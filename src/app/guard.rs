//! The demo's guard: a page on the internet must not reach it through a name that leads to this machine.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HOST;
use actix_web::middleware::Next;
use actix_web::web::Data;

use super::state::App;
use crate::http::Problem;

/// Middleware: at a demo, refuses requests whose Host is not a loopback name (DNS rebinding).
pub(super) async fn guard_demo<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_demo = request.app_data::<Data<App>>().is_some_and(|app| app.is_demo);
    let host = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    if is_demo && !host.is_some_and(is_loopback_name) {
        return Ok(request.error_response(Problem::new(
            StatusCode::FORBIDDEN,
            "HOST_NOT_ALLOWED",
            "a demo answers at localhost, 127.0.0.1 and [::1] only",
        )));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(name, "localhost" | "127.0.0.1" | "::1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_pass() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:80", "[::1]:8080", "[::1]"] {
            assert!(is_loopback_name(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example", "10.0.0.1:8080", "[::2]"] {
            assert!(!is_loopback_name(host), "{host}");
        }
    }
}
