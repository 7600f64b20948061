//! Addresses and methods that are not there, request ids, and the second name of every path under `/api`.

use serde_json::{Value, json};

use crate::support::{TestApp, masked};

/// An id of the server's own: a UUID of version 7.
fn is_made_up(id: &str) -> bool {
    id.len() == 36 && id.as_bytes()[14] == b'7' && id.bytes().filter(|b| *b == b'-').count() == 4
}

#[test]
fn an_unknown_address_is_a_problem_like_any_other() {
    let app = TestApp::demo();
    let detail = "there is nothing at this address; /docs lists what is";
    let paths = [
        "/",
        "/nothing",
        "/api",
        "/api/",
        "/api/nothing",
        "/qr",
        "/qr/",
        "/ota",
        "/venue/",
        "/venue/scan/",
        "/qr/A/info/more",
        "/api/api/venue",
        "//venue",
        "/docs/nothing/at/all",
        "/venue/redemptions//reverse",
        "/%00",
        "/%FF",
        "/..%2f..%2fetc%2fpasswd",
        "/openapi.yaml",
    ];
    for path in paths {
        for reply in [app.client().get(path), app.client().post(path, &json!({}))] {
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
            assert_eq!(
                (reply.status, masked(&reply.body, &["/request_id"])),
                (
                    404,
                    json!({"type": "urn:ticketgate:problem:not-found", "title": "Not Found",
                       "status": 404, "detail": detail, "error": "NOT_FOUND",
                       "message": detail, "request_id": "*"})
                ),
                "{path}"
            );
        }
    }
}

#[test]
fn a_path_that_is_no_text_is_not_found() {
    let app = TestApp::demo();
    for path in ["/qr/%FF", "/qr/%C3%28/info", "/qr/%ED%A0%80"] {
        assert_eq!(app.partner().client.get(path).status, 404, "{path}");
        assert_eq!(app.partner().client.get(path).body["status"], 404, "{path}");
    }
    let undo = app.client().post("/venue/redemptions/%FF/reverse", &json!({"reason": "x"}));
    assert_eq!((undo.status, &undo.body["status"]), (404, &json!(404)));
}

#[test]
fn another_method_is_not_allowed() {
    let app = TestApp::demo();
    let problem = |allowed: &str| {
        let detail = format!("this address takes {allowed} only; /docs lists them all");
        json!({
            "type": "urn:ticketgate:problem:method-not-allowed", "title": "Method Not Allowed",
            "status": 405, "detail": detail, "error": "METHOD_NOT_ALLOWED", "message": detail,
            "request_id": "*"
        })
    };
    let posts = [
        "/ota/tickets/bulk-generate",
        "/qr/decrypt",
        "/venue/scan",
        "/venue/redemptions/1/reverse",
    ];
    let gets = [
        "/ota/tickets",
        "/qr/A/info",
        "/venue",
        "/venue/analytics/redemptions",
        "/healthz",
        "/readyz",
        "/metrics",
    ];
    let at_the_root = ["/openapi.json", "/docs", "/docs/", "/docs/index.css"];
    let mut replies = Vec::new();
    for prefix in ["", "/api"] {
        let get = |path| ("POST", app.client().get(&format!("{prefix}{path}")));
        replies.extend(posts.map(get));
        let post = |path| ("GET, HEAD", app.client().post(&format!("{prefix}{path}"), &json!({})));
        replies.extend(gets.map(post));
    }
    replies.extend(at_the_root.map(|path| ("GET, HEAD", app.client().post(path, &json!({})))));
    for (allowed, reply) in replies {
        let body = masked(&reply.body, &["/request_id"]);
        assert_eq!((reply.status, body), (405, problem(allowed)));
        assert_eq!(reply.header("allow"), Some(allowed));
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    }
}

#[test]
fn head_answers_as_get_does_without_the_body() {
    let app = TestApp::demo();
    for path in ["/healthz", "/api/readyz", "/venue", "/docs", "/openapi.json"] {
        let (get, head) = (app.client().get(path), app.client().head(path));
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert_eq!(head.header("content-length"), get.header("content-length"), "{path}");
    }
}

#[test]
fn a_plain_request_id_comes_back_in_header_and_body() {
    let app = TestApp::demo();
    let longest = "x".repeat(64);
    for id in ["a", "order-17_b.2", "0", &longest] {
        let client = app.client().with("X-Request-Id", id);
        assert_eq!(client.get("/healthz").header("x-request-id"), Some(id));
        let problem = client.get("/nothing");
        assert_eq!(problem.header("x-request-id"), Some(id));
        assert_eq!(problem.body["request_id"], id);
        let refusal = client.post("/venue/scan", &app.gate().body("x", "ferry", &json!({})));
        assert_eq!((refusal.status, refusal.header("x-request-id")), (422, Some(id)));
    }
}

#[test]
fn any_other_request_id_is_replaced() {
    let app = TestApp::demo();
    let too_long = "x".repeat(65);
    for id in ["", " ", "a b", "a/b", "a\tb", "<script>", "订单", "a,b", &too_long] {
        let problem = app.client().with("X-Request-Id", id).get("/nothing");
        let given = problem.header("x-request-id").unwrap();
        assert!(is_made_up(given), "{id:?}: {given}");
        assert_eq!(problem.body["request_id"], given);
    }
    let [one, other] = [(); 2].map(|()| app.client().get("/healthz"));
    let ids = [&one, &other].map(|reply| reply.header("x-request-id").unwrap().to_owned());
    assert!(ids.iter().all(|id| is_made_up(id)) && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn every_path_answers_under_api_too() {
    let app = TestApp::demo();
    let partner = app.partner().client;
    let order = json!({"product_id": 106, "quantity": 1, "batch_id": "B-1"});
    let made = partner.post("/api/ota/tickets/bulk-generate", &order).expect(201).body;
    assert_eq!(partner.post("/ota/tickets/bulk-generate", &order).expect(200).body, made);
    let code = made["tickets"][0]["ticket_code"].as_str().unwrap();
    let issued = partner.post(&format!("/api/qr/{code}"), &json!({})).expect(200).body;
    let token = issued["encrypted_data"].as_str().unwrap();
    let visitor = app.client();
    let looked = |path| visitor.post(path, &json!({"encrypted_data": token})).expect(200).body;
    assert_eq!(looked("/api/qr/decrypt"), looked("/qr/decrypt"));
    let scan = app.gate().body(token, "ferry", &json!({}));
    let redeemed = visitor.post("/api/venue/scan", &scan).expect(200);
    assert_eq!(visitor.post("/venue/scan", &scan).verdict(), (422, "ALREADY_REDEEMED"));
    let id = redeemed.text_at("/redemption_id");
    let reason = json!({"reason": "by mistake"});
    visitor.post(&format!("/api/venue/redemptions/{id}/reverse"), &reason).expect(200);
    let paths = [
        format!("/qr/{code}"),
        format!("/qr/{code}/info"),
        "/ota/tickets".to_owned(),
        "/venue".to_owned(),
        format!("/venue/analytics/redemptions?ticket_code={code}"),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
    ];
    for path in paths {
        let client = if path.starts_with("/venue") { &visitor } else { &partner };
        let root = client.get(&path).expect(200);
        assert_eq!(client.get(&format!("/api{path}")).expect(200).body, root.body, "{path}");
        assert_ne!(root.body, Value::Null);
    }
    visitor.get("/api/metrics").expect(200);
}
