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
