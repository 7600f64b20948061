//! `POST /ota/tickets/bulk-generate`: whole answers, and what an order must at least say.

use serde_json::{Value, json};

use crate::support::{TestApp, masked};

/// The entitlements of product 106, nothing redeemed yet.
fn premium() -> Value {
    let one = |code: &str, name: &str| {
        json!({"function_code": code, "function_name": name,
               "remaining_uses": 1, "total_uses": 1})
    };
    json!([
        one("ferry", "Ferry Ride"),
        one("gift", "Souvenir Gift"),
        one("tokens", "Playground Tokens")
    ])
}

#[test]
fn tickets_of_a_direct_sale_are_active_at_once() {
    let app = TestApp::demo();
    let order = json!({"product_id": 106, "quantity": 2, "batch_id": "B-1"});
    let reply = app.partner().order(&order).expect(201);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let ticket = |code| json!({"ticket_code": code, "status": "ACTIVE", "entitlements": premium()});
    let batch = json!({
        "batch_id": "B-1",
        "product_id": 106,
        "distribution_mode": "direct_sale",
        "total_generated": 2,
        "created_at": "2026-11-21T02:00:00.000Z",
        "tickets": [ticket("OTA-CP-20261121-000001"), ticket("OTA-CP-20261121-000002")]
    });
    assert_eq!(reply.body, batch);
    app.clock.advance(chrono::TimeDelta::hours(1));
    assert_eq!(app.partner().order(&order).expect(200).body, batch);
}

#[test]
fn tickets_for_a_reseller_wait_to_be_activated() {
    let app = TestApp::demo();
    let order = json!({"product_id": 108, "quantity": 1, "batch_id": "B-1",
        "distribution_mode": "reseller_batch", "customer_type": "adult",
        "customer_info": {"type": "child", "name": "Lo Ka-wai", "email": "lo@example.com", "phone": "+852 5555 0100"},
        "valid_from": "2026-12-01", "valid_until": "2026-12-31",
        "reseller_metadata": {"reseller": "R-1"}, "batch_metadata": {"campaign": "winter"},
        "special_pricing": {"base_price": "175.00", "customer_type_pricing": [{"customer_type": "child", "price": 99.5}]}});
    let batch = json!({
        "batch_id": "B-1",
        "product_id": 108,
        "distribution_mode": "reseller_batch",
        "total_generated": 1,
        "created_at": "2026-11-21T02:00:00.000Z",
        "tickets": [{
            "ticket_code": "OTA-CL-20261121-000001",
            "status": "PRE_GENERATED",
            "entitlements": [
                {"function_code": "ferry", "function_name": "Ferry Ride",
                 "remaining_uses": 2, "total_uses": 2},
                {"function_code": "gift", "function_name": "Souvenir Gift",
                 "remaining_uses": 1, "total_uses": 1},
                {"function_code": "tokens", "function_name": "Playground Tokens",
                 "remaining_uses": 3, "total_uses": 3}
            ]
        }]
    });
    assert_eq!(app.partner().order(&order).expect(201).body, batch);
    assert_eq!(app.partner().order(&order).expect(200).body, batch);
}

#[test]
fn a_replayed_batch_shows_its_tickets_as_they_are_now() {
    let app = TestApp::demo();
    let order = json!({"product_id": 106, "quantity": 1, "batch_id": "B-1"});
    let mut batch = app.partner().order(&order).expect(201).body;
    let token = app.partner().token("OTA-CP-20261121-000001");
    app.gate().scan(&token, "ferry").expect(200);
    batch["tickets"][0]["entitlements"][0]["remaining_uses"] = json!(0);
    assert_eq!(app.partner().order(&order).expect(200).body, batch);
}

#[test]
fn a_batch_id_is_made_up_where_none_is_given() {
    let app = TestApp::demo();
    let order = json!({"product_id": 107, "quantity": 1, "batch_id": null});
    let first = app.partner().order(&order).expect(201);
    let second = app.partner().order(&json!({"product_id": 107, "quantity": 1})).expect(201);
    assert_ne!(first.text_at("/batch_id"), second.text_at("/batch_id"));
    assert_eq!(second.text_at("/tickets/0/ticket_code"), "OTA-CS-20261121-000002");
    // It can be used like any other.
    let again = json!({"product_id": 107, "quantity": 1, "batch_id": first.text_at("/batch_id")});
    assert_eq!(app.partner().order(&again).expect(200).body, first.body);
}

#[test]
fn an_unknown_product_is_not_found() {
    let app = TestApp::demo();
    for product_id in [999, 0, -1, i64::MAX, i64::MIN] {
        let order = json!({"product_id": product_id, "quantity": 1, "batch_id": "B-1"});
        let reply = app.partner().order(&order);
        let text = format!("failed to find product {product_id}: there is none");
        assert_eq!(
            (reply.status, masked(&reply.body, &["/request_id"])),
            (
                404,
                json!({"type": "urn:ticketgate:problem:product-not-found", "title": "Not Found",
                   "status": 404, "detail": text, "error": "PRODUCT_NOT_FOUND",
                   "message": text, "request_id": "*"})
            )
        );
    }
    // Nothing was kept of it: the name is free.
    app.partner().order(&json!({"product_id": 106, "quantity": 1, "batch_id": "B-1"})).expect(201);
}

#[test]
fn a_quantity_is_a_whole_number_from_1_to_5000() {
    let app = TestApp::demo();
    let out_of_range = "must be from 1 to 5000";
    let cases = [
        (json!(0), out_of_range),
        (json!(-1), out_of_range),
        (json!(5001), out_of_range),
        (json!(1_000_000_000_000_i64), out_of_range),
        (json!(i64::MIN), out_of_range),
        (json!(1.5), "is not valid: invalid type: floating point `1.5`, expected a whole number"),
        (json!(1.0), "is not valid: invalid type: floating point `1.0`, expected a whole number"),
        (
            json!(1e30),
            "is not valid: invalid type: floating point `1e+30`, expected a whole number",
        ),
        (
            json!(u64::MAX),
            "is not valid: invalid value: integer `18446744073709551615`, expected a whole number",
        ),
        (json!("10"), "is not valid: invalid type: string \"10\", expected a whole number"),
        (json!(true), "is not valid: invalid type: boolean `true`, expected a whole number"),
        (json!([1]), "is not valid: invalid type: sequence, expected a whole number"),
        (Value::Null, "is not valid: invalid type: null, expected a whole number"),
    ];
    for (quantity, problem) in cases {
        let reply = app.partner().order(&json!({"product_id": 106, "quantity": quantity}));
        let errors = json!([{"field": "quantity", "problem": problem}]);
        assert_eq!((reply.verdict(), &reply.body["errors"]), ((400, "INVALID_REQUEST"), &errors));
    }
    assert_eq!(app.partner().client.get("/ota/tickets").body["total_count"], 0);
}

#[test]
fn five_thousand_tickets_are_one_batch() {
    let app = TestApp::demo();
    let order = json!({"product_id": 107, "quantity": 5000, "batch_id": "B-1"});
    let made = app.partner().order(&order).expect(201).body;
    let codes: Vec<&str> = made["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ticket| ticket["ticket_code"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = (1..=5000).map(|n| format!("OTA-CS-20261121-{n:06}")).collect();
    assert_eq!(codes, expected);
    assert_eq!(app.partner().order(&order).expect(200).body, made);
}

#[test]
fn what_an_order_must_say_is_asked_for_by_name() {
    let app = TestApp::demo();
    let cases = [
        (json!({"quantity": 1}), "product_id", "is required"),
        (json!({"product_id": 106}), "quantity", "is required"),
        (json!({}), "product_id", "is required"),
        (
            json!({"product_id": "106", "quantity": 1}),
            "product_id",
            "is not valid: invalid type: string \"106\", expected a whole number",
        ),
        (
            json!({"product_id": null, "quantity": 1}),
            "product_id",
            "is not valid: invalid type: null, expected a whole number",
        ),
    ];
    for (order, field, problem) in cases {
        let reply = app.partner().order(&order);
        let text = format!("{field} {problem}");
        assert_eq!(
            (reply.status, masked(&reply.body, &["/request_id"])),
            (
                400,
                json!({"type": "urn:ticketgate:problem:invalid-request", "title": "Bad Request",
                   "status": 400, "detail": text, "error": "INVALID_REQUEST", "message": text,
                   "request_id": "*", "errors": [{"field": field, "problem": problem}]})
            )
        );
    }
}
