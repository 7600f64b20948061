//! Pages of other sites: none may call, unless the settings name their origin.

use serde_json::json;

use crate::support::process::failure;
use crate::support::{Client, Reply, ServerProcess, Site, masked};

const SHOP: &str = "https://shop.example";
const HEADERS: &str =
    "x-api-key, x-terminal-key, authorization, content-type, x-request-id, idempotency-key";

fn serve(site: &Site) -> ServerProcess {
    let origins = format!("{SHOP}, http://localhost:3000");
    site.serve_with(&[("TICKETGATE_CORS_ORIGINS", origins.as_str())])
}

/// What a browser asks before it sends a page's request.
fn preflight(client: &Client, origin: &str, method: &str, headers: &str) -> Client {
    client
        .with("Origin", origin)
        .with("Access-Control-Request-Method", method)
        .with("Access-Control-Request-Headers", headers)
}

fn cors_headers(reply: &Reply) -> Vec<&str> {
    let names = reply.header_names().into_iter();
    names.filter(|name| name.starts_with("access-control")).collect()
}

/// The parts of a list in a header, sorted.
fn parts(reply: &Reply, name: &str) -> Vec<String> {
    let list = reply.header(name).unwrap_or_default().to_ascii_lowercase();
    let mut parts: Vec<String> = list.split(',').map(|part| part.trim().to_owned()).collect();
    parts.sort_unstable();
    parts
}

#[test]
fn without_the_setting_no_page_of_another_site_is_told_anything() {
    let site = Site::new();
    let server = site.serve();
    let client = server.client();
    for reply in [
        client.with("Origin", SHOP).get("/healthz"),
        client.with("Origin", SHOP).get("/venue"),
        preflight(&client, SHOP, "POST", HEADERS).options("/venue/scan"),
    ] {
        assert_eq!(cors_headers(&reply), Vec::<&str>::new(), "{}", reply.text);
    }
    let asked = preflight(&client, SHOP, "POST", HEADERS).options("/venue/scan");
    assert_eq!(asked.verdict(), (405, "METHOD_NOT_ALLOWED"));
}

#[test]
fn a_named_origin_may_ask_before_and_without_credentials() {
    let site = Site::new();
    let server = serve(&site);
    for (path, method) in [
        ("/ota/tickets/bulk-generate", "POST"),
        ("/api/venue/scan", "POST"),
        ("/admin/audit", "GET"),
        ("/admin/audit", "PATCH"),
        ("/admin/audit", "DELETE"),
    ] {
        for origin in [SHOP, "http://localhost:3000"] {
            let reply = preflight(&server.client(), origin, method, HEADERS).options(path);
            assert_eq!((reply.status, reply.text.as_str()), (200, ""), "{path}");
            assert_eq!(reply.header("access-control-allow-origin"), Some(origin));
            assert_eq!(reply.header("access-control-allow-credentials"), None);
            assert_eq!(reply.header("access-control-max-age"), Some("600"));
            assert!(reply.header("vary").unwrap().to_ascii_lowercase().contains("origin"));
            let methods = parts(&reply, "access-control-allow-methods");
            assert_eq!(methods, ["delete", "get", "head", "patch", "post", "put"]);
            let mut asked: Vec<&str> = HEADERS.split(", ").collect();
            asked.sort_unstable();
            assert_eq!(parts(&reply, "access-control-allow-headers"), asked);
        }
    }
}

#[test]
fn a_named_origin_reads_answers_and_errors() {
    let site = Site::new();
    let server = serve(&site);
    let client = server.client().with("Origin", SHOP);
    let venues = client.with("X-API-Key", &site.api_key).get("/venue").expect(200);
    assert!(venues.body["venues"].is_array());
    let refused = client.get("/venue").expect(401);
    assert_eq!(refused.body["request_id"].as_str(), refused.header("x-request-id"));
    for reply in [venues, refused, client.get("/nothing").expect(404)] {
        assert_eq!(reply.header("access-control-allow-origin"), Some(SHOP));
        assert_eq!(
            parts(&reply, "access-control-expose-headers"),
            ["ratelimit", "ratelimit-policy", "retry-after", "x-request-id"]
        );
        assert!(reply.header("vary").unwrap().to_ascii_lowercase().contains("origin"));
    }
}

#[test]
fn another_origin_is_refused_before_and_told_nothing_after() {
    let site = Site::new();
    let server = serve(&site);
    for origin in ["https://evil.example", "http://shop.example", "https://shop.example:8443"] {
        let asked = preflight(&server.client(), origin, "POST", HEADERS).options("/venue/scan");
        let detail = "Origin is not allowed to make this request; the setting cors_origins names \
                      whose pages may call";
        assert_eq!(
            masked(&asked.body, &["/request_id"]),
            json!({"type": "urn:ticketgate:problem:cross-origin-refused", "title": "Forbidden",
                   "status": 403, "detail": detail, "message": detail,
                   "error": "CROSS_ORIGIN_REFUSED", "request_id": "*"}),
            "{origin}"
        );
        let read = server.client().with("Origin", origin).get("/healthz").expect(200);
        for reply in [asked, read] {
            assert_eq!(reply.header("access-control-allow-origin"), None, "{origin}");
        }
    }
    let header = preflight(&server.client(), SHOP, "POST", "x-evil").options("/venue/scan");
    assert_eq!(header.verdict(), (403, "CROSS_ORIGIN_REFUSED"));
}

#[test]
fn an_origin_that_no_browser_would_send_is_refused_at_the_start() {
    let site = Site::new();
    for origin in ["*", "https://shop.example/", "https://*.example", "https://shop.example:443"] {
        let mut command = site.command(&["serve", "--bind", "127.0.0.1:0"]);
        command.env("TICKETGATE_CORS_ORIGINS", origin);
        assert_eq!(
            failure(command),
            format!(
                "ticketgate: failed to use the setting cors_origins = {origin:?} from \
                 TICKETGATE_CORS_ORIGINS: it must be exact origins with commas, such as \
                 https://tickets.example,http://localhost:3000, in small letters, without a path \
                 or the scheme's usual port; {origin:?} is none"
            )
        );
    }
}
