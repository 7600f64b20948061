//! Bodies that are no JSON, not all of it, or too much of it: the same answer at every route that takes one.

use serde_json::{Value, json};

use crate::support::{Client, Reply, TestApp, masked};

const JSON: &str = "application/json";
/// Bytes of a body at most, of an order and of everything else.
const LIMITS: [usize; 2] = [256 * 1024, 16 * 1024];

/// A route that takes a body, who may call it, and a body that it takes.
struct Route {
    path: String,
    client: Client,
    good: Value,
}

impl Route {
    fn send(&self, content_type: &str, body: &[u8]) -> Reply {
        self.client.post_raw(&self.path, content_type, body)
    }
}

/// Every route with a body. The last one may do without.
fn routes(app: &TestApp) -> Vec<Route> {
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    let redeemed = app.gate().scan(&token, "gift").expect(200).text_at("/redemption_id");
    let route = |path: &str, client, good| Route { path: path.to_owned(), client, good };
    vec![
        route(
            "/ota/tickets/bulk-generate",
            app.partner().client,
            json!({"product_id": 106, "quantity": 1}),
        ),
        route("/qr/decrypt", app.client(), json!({"encrypted_data": token})),
        route("/venue/scan", app.client(), app.gate().body(&token, "ferry", &json!({}))),
        route(
            &format!("/venue/redemptions/{redeemed}/reverse"),
            app.client(),
            json!({"reason": "by mistake"}),
        ),
        route(&format!("/qr/{code}"), app.partner().client, json!({"image": "none"})),
    ]
}

#[track_caller]
fn assert_is(reply: &Reply, problem: &Value) {
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", reply.text);
    let mut expected = problem.clone();
    expected["message"] = expected["detail"].clone();
    expected["request_id"] = json!("*");
    assert_eq!(masked(&reply.body, &["/request_id"]), expected);
    assert_eq!(reply.body["request_id"].as_str(), reply.header("x-request-id"));
    assert_eq!(u64::from(reply.status), expected["status"].as_u64().unwrap());
}

fn invalid_body(problem: &str) -> Value {
    json!({"type": "urn:ticketgate:problem:invalid-request", "title": "Bad Request", "status": 400,
           "detail": format!("body {problem}"), "error": "INVALID_REQUEST",
           "errors": [{"field": "body", "problem": problem}]})
}

#[test]
fn a_body_that_is_no_json_is_refused_with_its_place() {
    let app = TestApp::demo();
    let eof = "must be valid JSON: EOF while parsing";
    for route in routes(&app) {
        let good = route.good.to_string();
        let (truncated, _) = good.as_bytes().split_at(good.len() - 1);
        let end = format!("{eof} an object at line 1 column {}", truncated.len());
        assert_is(&route.send(JSON, truncated), &invalid_body(&end));
        let trailing = format!("{good} x");
        let at =
            format!("must be valid JSON: trailing characters at line 1 column {}", trailing.len());
        assert_is(&route.send(JSON, trailing.as_bytes()), &invalid_body(&at));
        let twice = format!("{good}{good}");
        let at =
            format!("must be valid JSON: trailing characters at line 1 column {}", good.len() + 1);
        assert_is(&route.send(JSON, twice.as_bytes()), &invalid_body(&at));
        let cases: [(&[u8], &str); 6] = [
            (b"{", "must be valid JSON: EOF while parsing an object at line 1 column 1"),
            (b"{\"a\": }", "must be valid JSON: expected value at line 1 column 7"),
            (b"{'a': 1}", "must be valid JSON: key must be a string at line 1 column 2"),
            (b"\xff\xfe{\0}\0", "must be valid JSON: expected value at line 1 column 1"),
            (b"not json", "must be valid JSON: expected ident at line 1 column 2"),
            (b" ", "must be valid JSON: EOF while parsing a value at line 1 column 1"),
        ];
        for (body, problem) in cases {
            assert_is(&route.send(JSON, body), &invalid_body(problem));
        }
    }
}

#[test]
fn only_an_object_is_a_body() {
    let app = TestApp::demo();
    for route in routes(&app) {
        // An array of the right values in the right order is none either.
        let values: Vec<&Value> = route.good.as_object().unwrap().values().collect();
        let bodies = [
            json!(values),
            json!([]),
            json!([null, null, null, null, null, null, null, null, null, null, null]),
            json!(["reason", "none"]),
            json!([60, "none"]),
            json!([route.good]),
            Value::Null,
            json!("text"),
            json!(5),
            json!(true),
        ];
        for body in bodies {
            let reply = route.send(JSON, body.to_string().as_bytes());
            assert_is(&reply, &invalid_body("must be a JSON object"));
        }
    }
}

#[test]
fn a_body_may_be_left_out_only_where_nothing_must_be_said() {
    let app = TestApp::demo();
    let mut routes = routes(&app);
    let optional = routes.pop().unwrap();
    optional.client.post_nothing(&optional.path).expect(200);
    optional.send(JSON, b"").expect(200);
    for route in routes {
        let problem = "must be valid JSON: EOF while parsing a value at line 1 column 0";
        assert_is(&route.send(JSON, b""), &invalid_body(problem));
        assert_eq!(route.client.post_nothing(&route.path).code(), "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[test]
fn a_body_of_another_kind_is_refused() {
    let app = TestApp::demo();
    let detail = "send the body as Content-Type: application/json";
    let problem = json!({
        "type": "urn:ticketgate:problem:unsupported-media-type", "title": "Unsupported Media Type",
        "status": 415, "detail": detail, "error": "UNSUPPORTED_MEDIA_TYPE"
    });
    for route in routes(&app) {
        let good = route.good.to_string();
        let kinds = [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "text/json",
            "*/*",
        ];
        for kind in kinds {
            assert_is(&route.send(kind, good.as_bytes()), &problem);
        }
        route
            .send("APPLICATION/json ; charset=utf-8", good.as_bytes())
            .expect(200 + u16::from(route.path.ends_with("generate")));
    }
}

#[test]
fn a_body_of_more_than_its_routes_limit_is_too_large() {
    let app = TestApp::demo();
    for route in routes(&app) {
        let is_order = route.path.ends_with("generate");
        let limit = LIMITS[usize::from(!is_order)];
        let problem = json!({
            "type": "urn:ticketgate:problem:payload-too-large", "title": "Payload Too Large",
            "status": 413, "detail": format!("the body must be at most {limit} bytes"),
            "error": "PAYLOAD_TOO_LARGE"
        });
        let mut body = route.good.to_string();
        body.push_str(&" ".repeat(limit - body.len()));
        route.send(JSON, body.as_bytes()).expect(200 + u16::from(is_order));
        body.push(' ');
        assert_is(&route.send(JSON, body.as_bytes()), &problem);
        // Not read to its end, and still answered.
        let more = body.repeat(5);
        assert_is(&route.send(JSON, more.as_bytes()), &problem);
    }
}

#[test]
fn what_serde_finds_strange_is_refused_too() {
    let app = TestApp::demo();
    let nested = format!(
        "{{\"product_id\":106,\"quantity\":1,\"batch_metadata\":{{\"a\":{}{}}}}}",
        "[".repeat(200),
        "]".repeat(200)
    );
    let cases = [
        (nested.as_str(), "body"),
        (r#"{"product_id":106,"quantity":1,"quantity":2}"#, "quantity"),
        (r#"{"product_id":106,"quantity":1e999}"#, "body"),
        (r#"{"product_id":106,"quantity":1,"batch_id":"\ud800"}"#, "body"),
        (r#"{"product_id":106,"quantity":01}"#, "body"),
        (r#"{"product_id":106,"quantity":1,"customer_info":{"name":[]}}"#, "customer_info.name"),
        (r#"{"product_id":106,"quantity":1,"distribution_mode":{}}"#, "distribution_mode"),
    ];
    for (body, field) in cases {
        let reply =
            app.partner().client.post_raw("/ota/tickets/bulk-generate", JSON, body.as_bytes());
        assert_eq!(reply.verdict(), (400, "INVALID_REQUEST"), "{body}");
        assert!(reply.text_at("/detail").contains(field), "{field} in {}", reply.text);
    }
    assert_eq!(app.partner().client.get("/ota/tickets").body["total_count"], 0);
}

#[test]
fn credentials_are_judged_before_the_body_is() {
    let app = TestApp::closed();
    for path in [
        "/ota/tickets/bulk-generate",
        "/qr/decrypt",
        "/qr/OTA-CP-20261121-000001",
        "/venue/scan",
        "/venue/redemptions/1/reverse",
    ] {
        for (kind, body) in [(JSON, "{"), ("text/plain", "x"), (JSON, "{}")] {
            let reply = app.client().post_raw(path, kind, body.as_bytes());
            assert_eq!(reply.status, 401, "{path}");
            let reply =
                app.client().with("X-API-Key", "wrong").post_raw(path, kind, body.as_bytes());
            assert_eq!(reply.verdict(), (401, "INVALID_API_KEY"), "{path}");
        }
    }
}
