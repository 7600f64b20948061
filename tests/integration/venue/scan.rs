//! `POST /venue/scan`: answers and refusals, whole.

use serde_json::json;

use crate::support::{TestApp, masked};

const TIMES: &[&str] = &["/redemption_id", "/ts", "/performance_metrics/response_time_ms"];

#[test]
fn a_scan_takes_one_use_and_says_what_is_left() {
    let app = TestApp::demo();
    let order = json!({
        "product_id": 106, "quantity": 1, "customer_info": {"type": "adult", "name": "张三 🎫"}
    });
    let code = app.partner().order(&order).expect(201).text_at("/tickets/0/ticket_code");
    let token = app.partner().token(&code);
    let reply = app.gate().scan_with(&token, "ferry", &json!({"venue_code": "central-pier"}));
    assert_eq!(reply.status, 200);
    assert_eq!(
        masked(&reply.body, TIMES),
        json!({
            "result": "success",
            "redemption_id": "*",
            "ticket_code": code,
            "function_code": "ferry",
            "ticket_status": "partially_redeemed",
            "remaining_uses": 0,
            "entitlements": [
                {"function_code": "ferry", "function_name": "Ferry Ride",
                 "remaining_uses": 0, "total_uses": 1},
                {"function_code": "gift", "function_name": "Souvenir Gift",
                 "remaining_uses": 1, "total_uses": 1},
                {"function_code": "tokens", "function_name": "Playground Tokens",
                 "remaining_uses": 1, "total_uses": 1}
            ],
            "customer_info": {"type": "adult", "name": "张三 🎫", "email": null, "phone": null},
            "product_info": {"id": 106, "name": "Cruise Premium"},
            "venue_info": {"venue_code": "central-pier", "venue_name": "Central Pier",
                           "terminal_device": "TERMINAL-CP-001"},
            "performance_metrics": {"response_time_ms": "*", "fraud_checks_passed": true},
            "ts": "*"
        })
    );
}

#[test]
fn a_second_scan_of_the_same_function_is_refused_and_names_the_first() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    app.gate().scan(&token, "ferry").expect(200);
    let reply = app.gate().scan(&token, "ferry");
    assert_eq!(reply.status, 422);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(
        masked(&reply.body, TIMES),
        json!({
            "result": "reject",
            "reason": "ALREADY_REDEEMED",
            "message": "this QR code has been used for this function already",
            "ticket_code": code,
            "first_redemption": {"redeemed_at": "2026-11-21T02:00:00.000Z", "venue_code": null,
                                 "terminal_device_id": "TERMINAL-CP-001"},
            "performance_metrics": {"response_time_ms": "*", "fraud_checks_passed": false},
            "ts": "*"
        })
    );
}

#[test]
fn a_session_code_of_any_kind_is_taken_and_ignored() {
    let app = TestApp::demo();
    let code = app.partner().generate_of(107, 1).remove(0);
    let token = app.partner().token(&code);
    let sessions =
        [json!("S-1"), json!(7), json!({"a": [null]}), json!("s".repeat(10_000)), json!(null)];
    for session in sessions {
        let more = json!({"session_code": session});
        assert_eq!(app.gate().scan_with(&token, "spa", &more).verdict(), (422, "WRONG_FUNCTION"));
    }
    let reply = app.gate().scan_with(&token, "ferry", &json!({"session_code": "S-1"})).expect(200);
    assert_eq!(reply.body.get("session_code"), None);
    // Another session is no other scan.
    let [one, two] = ["S-1", "S-2"].map(|session| {
        let more = json!({"session_code": session, "scan_id": "s-1"});
        app.gate().scan_with(&token, "gift", &more).expect(200).text_at("/redemption_id")
    });
    assert_eq!(one, two);
}

#[test]
fn a_success_is_recorded_whole() {
    let app = TestApp::demo();
    let issued = app.partner().issue(&app.partner().ticket()).expect(200);
    let (code, token) = (issued.text_at("/ticket_code"), issued.text_at("/encrypted_data"));
    let more = json!({
        "venue_code": "central-pier", "scan_id": "s-1", "scanned_at": "2026-11-20T23:30:00-02:30"
    });
    let reply = app.gate().scan_with(&token, "ferry", &more).expect(200);
    assert_eq!(
        app.gate().history(&code),
        [json!({
            "redemption_id": reply.body["redemption_id"], "ticket_code": code, "ticket_seq": 1,
            "partner_id": "test_partner", "function_code": "ferry", "jti": issued.body["jti"],
            "result": "success", "reason": null, "venue_code": "central-pier",
            "terminal_device_id": "TERMINAL-CP-001", "principal": "demo-visitor",
            "operator": null, "scan_id": "s-1", "offline": false,
            "scanned_at": "2026-11-21T02:00:00.000Z", "redeemed_at": "2026-11-21T02:00:00.000Z",
            "remaining_uses_after": 0, "reversed_at": null, "reverses": null
        })]
    );
}
