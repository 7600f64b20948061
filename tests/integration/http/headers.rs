//! What browsers are told about every answer.

use serde_json::json;

use crate::support::{Reply, Site, TestApp};

const API: &str = "default-src 'none'; frame-ancestors 'none'";
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                    frame-ancestors 'none'";

#[track_caller]
fn assert_guarded(reply: &Reply, policy: &str, cached: &str) {
    for (name, expected) in [
        ("x-content-type-options", Some("nosniff")),
        ("x-frame-options", Some("DENY")),
        ("referrer-policy", Some("no-referrer")),
        ("content-security-policy", Some(policy)),
        ("cache-control", Some(cached)),
        ("strict-transport-security", None),
    ] {
        assert_eq!(reply.header(name), expected, "{name}: {} {}", reply.status, reply.text);
    }
}

#[test]
fn every_answer_of_the_api_may_be_neither_shown_nor_kept() {
    let app = TestApp::demo();
    let partner = app.partner().client;
    let order = json!({"product_id": 106, "quantity": 1});
    let replies = [
        (app.client().get("/healthz"), 200),
        (app.client().get("/metrics"), 200),
        (app.client().get("/openapi.json"), 200),
        (partner.get("/ota/tickets"), 200),
        (partner.head("/ota/tickets"), 200),
        (partner.post("/ota/tickets/bulk-generate", &order), 201),
        (partner.post("/ota/tickets/bulk-generate", &json!({})), 400),
        (partner.post_raw("/qr/decrypt", "text/plain", b"x"), 415),
        (partner.post("/qr/decrypt", &json!({"encrypted_data": "x".repeat(20_000)})), 413),
        (app.gate().scan("junk", "ferry"), 422),
        (app.client().get("/ota/tickets"), 401),
        (app.client().get("/admin/audit"), 401),
        (partner.get("/admin/audit"), 403),
        (app.client().get("/nothing"), 404),
        (app.client().get("/api/nothing"), 404),
        (app.client().get("/docs/nothing.js"), 404),
        (app.client().get("/venue/scan"), 405),
        (app.client().options("/healthz"), 405),
        (app.client().with("Host", "evil.example").get("/healthz"), 403),
    ];
    for (reply, status) in replies {
        assert_guarded(&reply.expect(status), API, "no-store");
    }
}

#[test]
fn an_answer_has_these_headers_and_no_others() {
    let app = TestApp::closed();
    let names = app.client().get("/healthz").header_names().join(" ");
    assert_eq!(
        names,
        "cache-control content-length content-security-policy content-type date referrer-policy \
         x-content-type-options x-frame-options x-request-id"
    );
}

#[test]
fn a_page_may_load_its_own_files_and_nothing_else() {
    let app = TestApp::closed();
    for path in ["/docs", "/docs/", "/docs/swagger-initializer.js", "/docs/swagger-ui.css"] {
        assert_guarded(&app.client().get(path).expect(200), PAGE, "max-age=3600");
    }
    let page = app.client().get("/docs").expect(200).text;
    let scripts: Vec<&str> = page.split("<script").skip(1).collect();
    assert!(scripts.len() >= 3, "{page}");
    for script in scripts {
        let (tag, rest) = script.split_once('>').unwrap();
        assert!(tag.contains("src=\"/docs/") && rest.trim_start().starts_with("</script>"));
    }
}

#[test]
fn behind_https_browsers_are_told_to_come_that_way_only() {
    let site = Site::new();
    let server = site.serve_with(&[("TICKETGATE_BEHIND_HTTPS", "true")]);
    for path in ["/healthz", "/venue", "/docs"] {
        let reply = server.client().get(path);
        let told = reply.header("strict-transport-security");
        assert_eq!(told, Some("max-age=31536000"), "{path}");
    }
}
