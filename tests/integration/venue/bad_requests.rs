//! Scans and undoings that are not well formed: 400, the field by its name, and nothing changed.

use serde_json::{Value, json};

use crate::support::tables::everything;
use crate::support::{Reply, TestApp, masked};

const SLUG: &str = "must be 1 to 64 letters, digits, hyphens, underscores and full stops";
const TIME: &str = "must be a time such as 2026-11-21T08:00:00Z";
const CONTROL: &str = "must not contain control characters";

/// The answer to a request with one bad field.
#[track_caller]
fn assert_names(reply: &Reply, field: &str, problem: &str) {
    let text = format!("{field} {problem}");
    assert_eq!(
        masked(&reply.body, &["/request_id"]),
        json!({
            "type": "urn:ticketgate:problem:invalid-request", "title": "Bad Request",
            "status": 400, "detail": text, "error": "INVALID_REQUEST", "message": text,
            "request_id": "*", "errors": [{"field": field, "problem": problem}]
        })
    );
    assert_eq!(reply.status, 400);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
}

/// Each with its field and the problem.
fn bad_fields() -> Vec<(&'static str, Value, String)> {
    let mistyped = |found: &str, expected: &str| {
        format!("is not valid: invalid type: {found}, expected {expected}")
    };
    let mut cases = vec![
        ("qr_token", json!(5), mistyped("integer `5`", "a string")),
        ("qr_token", json!(null), mistyped("null", "a string")),
        ("qr_token", json!(["x"]), mistyped("sequence", "a string")),
        ("function_code", json!(true), mistyped("boolean `true`", "a string")),
        ("function_code", json!({}), mistyped("map", "a string")),
        ("terminal_device_id", json!(1.5), mistyped("floating point `1.5`", "a string")),
        ("venue_code", json!(7), mistyped("integer `7`", "a string")),
        ("scan_id", json!(7), mistyped("integer `7`", "a string")),
        ("scanned_at", json!(1_763_690_400), mistyped("integer `1763690400`", "a string")),
        ("terminal_device_id", json!(""), "must not be empty".to_owned()),
        (
            "terminal_device_id",
            json!("d".repeat(101)),
            "must be at most 100 characters, not 101".to_owned(),
        ),
        ("terminal_device_id", json!("gate\u{0}1"), CONTROL.to_owned()),
        ("scan_id", json!(" "), "must not be empty".to_owned()),
        ("scan_id", json!("s".repeat(65)), "must be at most 64 characters, not 65".to_owned()),
        ("scan_id", json!("a\nb"), CONTROL.to_owned()),
    ];
    for code in ["", "fer ry", "票", "a\u{0}", "ferry\n", &"f".repeat(65)] {
        cases.push(("function_code", json!(code), SLUG.to_owned()));
        cases.push(("venue_code", json!(code), SLUG.to_owned()));
    }
    for time in [
        "",
        "now",
        "2026-11-21",
        "2026-11-21T08:00:00",
        "2026-13-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
    ] {
        cases.push(("scanned_at", json!(time), TIME.to_owned()));
    }
    cases
}

#[test]
fn a_scan_with_a_bad_field_is_told_its_name_and_changes_nothing() {
    let app = TestApp::demo();
    let token = app.partner().token(&app.partner().ticket());
    let before = everything(&mut app.session());
    let gate = app.gate();
    for (field, value, problem) in bad_fields() {
        let reply = gate.scan_with(&token, "ferry", &json!({field: value}));
        assert_names(&reply, field, &problem);
    }
    for field in ["qr_token", "function_code", "terminal_device_id"] {
        let mut body = gate.body(&token, "ferry", &json!({}));
        body.as_object_mut().unwrap().remove(field);
        assert_names(&gate.client.post("/venue/scan", &body), field, "is required");
    }
    assert_eq!(everything(&mut app.session()), before);
    gate.scan(&token, "ferry").expect(200);
}

#[test]
fn all_bad_fields_of_a_scan_are_told_at_once() {
    let app = TestApp::demo();
    let body = json!({
        "qr_token": "x", "function_code": "", "terminal_device_id": "", "venue_code": "",
        "scan_id": "", "scanned_at": ""
    });
    let reply = app.client().post("/venue/scan", &body).expect(400);
    let problem = |field, problem| json!({"field": field, "problem": problem});
    let expected = json!([
        problem("function_code", SLUG),
        problem("terminal_device_id", "must not be empty"),
        problem("venue_code", SLUG),
        problem("scan_id", "must not be empty"),
        problem("scanned_at", TIME)
    ]);
    assert_eq!(reply.body["errors"], expected);
}

const TWO_BODIES: &str =
    r#"{"qr_token": "x", "function_code": "f", "terminal_device_id": "d", "reason": "x"} {}"#;

/// What is no JSON, or not the JSON that is wanted.
const MALFORMED: &[&str] = &[
    "",
    "{",
    "nonsense",
    "{\"qr_token\": \"x\",}",
    "{\"qr_token\": \"\\ud800\", \"reason\": \"\\ud800\"}",
    TWO_BODIES,
    "\u{0}",
    "null",
    "5",
    "\"text\"",
    "[]",
];

#[test]
fn a_body_that_is_not_the_json_wanted_is_told_so() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    let redemption = app.gate().scan(&token, "ferry").expect(200).text_at("/redemption_id");
    let before = everything(&mut app.session());
    let undo = format!("/venue/redemptions/{redemption}/reverse");
    for path in ["/venue/scan", undo.as_str()] {
        for body in MALFORMED {
            let reply = app.client().post_raw(path, "application/json", body.as_bytes());
            assert_eq!(reply.verdict(), (400, "INVALID_REQUEST"), "{body:?}: {}", reply.text);
            assert_eq!(reply.field(), "body", "{body:?}: {}", reply.text);
        }
        let reply = app.client().post_raw(path, "application/json", b"{\"reason\": \"\xff\xfe\"}");
        assert_eq!(reply.verdict(), (400, "INVALID_REQUEST"), "{}", reply.text);
        let reply = app.client().post_raw(path, "text/plain", b"{}");
        assert_eq!(reply.verdict(), (415, "UNSUPPORTED_MEDIA_TYPE"));
    }
    assert_eq!(everything(&mut app.session()), before);
}

#[test]
fn an_undoing_with_a_bad_reason_is_told_so_and_changes_nothing() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    let redemption = app.gate().scan(&token, "ferry").expect(200).text_at("/redemption_id");
    let before = everything(&mut app.session());
    let path = format!("/venue/redemptions/{redemption}/reverse");
    let undo = |body: &Value| app.client().post(&path, body);
    assert_names(&undo(&json!({})), "reason", "is required");
    let cases = [
        (json!(null), "is not valid: invalid type: null, expected a string"),
        (json!(5), "is not valid: invalid type: integer `5`, expected a string"),
        (json!(["x"]), "is not valid: invalid type: sequence, expected a string"),
        (json!(""), "must not be empty"),
        (json!("\u{3000}"), "must not be empty"),
        (json!("a\u{0}b"), CONTROL),
        (json!("r".repeat(201)), "must be at most 200 characters, not 201"),
        (json!("票".repeat(5_000)), "must be at most 200 characters, not 5000"),
    ];
    for (reason, problem) in cases {
        assert_names(&undo(&json!({"reason": reason})), "reason", problem);
    }
    assert_eq!(everything(&mut app.session()), before);
    let longest = "誤🎫".repeat(100);
    let reply = undo(&json!({"reason": longest})).expect(200);
    assert_eq!(reply.body["reason"], json!(longest));
}

#[test]
fn texts_at_their_limits_are_taken_as_they_are() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    let (device, scan_id) = ("門".repeat(100), "🎫".repeat(64));
    let more = json!({
        "terminal_device_id": device, "scan_id": scan_id, "scanned_at": "9999-12-31T23:59:59.999Z"
    });
    app.gate().scan_with(&token, "ferry", &more).expect(200);
    let event = app.gate().history(&code).remove(0);
    assert_eq!(event["terminal_device_id"], json!(device));
    assert_eq!(event["scan_id"], json!(scan_id));
    assert_eq!(event["scanned_at"], "9999-12-31T23:59:59.999Z");
    let unknown = app.gate().scan_with(&token, &"f".repeat(64), &json!({}));
    assert_eq!(unknown.verdict(), (422, "WRONG_FUNCTION"));
}
