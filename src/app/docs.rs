//! `/docs`: Swagger UI out of the binary.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY};
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use crate::http::Problem;

/// Where Swagger UI's files are, and the page that uses them.
const FOLDER: &str = "/docs/";

/// Swagger UI sets styles in its elements and draws small pictures out of data URIs; its scripts are all files.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// An hour: a new version of the server brings new files under the same names.
const CACHED: &str = "max-age=3600";

/// The page itself, with or without a slash at its end.
pub(super) async fn page() -> Result<HttpResponse, Problem> {
    file("index.html")
}

/// A file of the page.
pub(super) async fn asset(name: web::Path<String>) -> Result<HttpResponse, Problem> {
    file(&name)
}

fn file(name: &str) -> Result<HttpResponse, Problem> {
    let config = Arc::new(Config::from("/openapi.json"));
    let found = utoipa_swagger_ui::serve(name, config).ok().flatten();
    let found = found.ok_or_else(|| {
        Problem::not_found("NOT_FOUND", "there is no such file; the page is at /docs")
    })?;
    let body = if name == "index.html" {
        // Its links are relative, and must lead into the folder from /docs too.
        let page = String::from_utf8_lossy(&found.bytes);
        let page = page.replace("\"./", &format!("\"{FOLDER}"));
        page.replace("\"index.css\"", &format!("\"{FOLDER}index.css\"")).into_bytes()
    } else {
        found.bytes.into_owned()
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, CACHED));
    if found.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.content_type(found.content_type).body(body))
}
