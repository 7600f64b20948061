//! `/docs`: Swagger UI out of the binary.

use std::sync::Arc;

use actix_web::http::header::CONTENT_ENCODING;
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use crate::http::Problem;

/// Where Swagger UI's files are, and the page that uses them.
const FOLDER: &str = "/docs/";

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
    if found.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.content_type(found.content_type).body(body))
}
