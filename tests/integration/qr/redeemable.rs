//! `redeemable` and `reason` of a look: what a scan would say now, and then does say.

use chrono::TimeDelta;
use serde_json::json;
use ticketgate::catalog::{VenueChange, change_venue};
use ticketgate::kernel::VenueCode;

use crate::support::TestApp;
use crate::support::tables::run;

const FUNCTIONS: [&str; 3] = ["ferry", "gift", "tokens"];

/// Looks at a venue, or at none; gives each function's reason, and sees to it that a scan says the same.
#[track_caller]
fn reasons(app: &TestApp, token: &str, venue: Option<&str>) -> Vec<String> {
    let body = json!({"encrypted_data": token, "venue_code": venue});
    let look = app.client().post("/qr/decrypt", &body).expect(200).body;
    let entitlements = look["ticket_info"]["entitlements"].as_array().unwrap();
    let mut reasons = Vec::new();
    for (entitlement, function) in entitlements.iter().zip(FUNCTIONS) {
        assert_eq!(entitlement["function_code"], function);
        let reason = entitlement.get("reason").map_or("", |reason| reason.as_str().unwrap());
        assert_eq!(entitlement["redeemable"], reason.is_empty());
        if !reason.is_empty() {
            let scan = app.gate().scan_with(token, function, &json!({"venue_code": venue}));
            assert_eq!(scan.verdict(), (422, reason), "{function}");
        }
        reasons.push(reason.to_owned());
    }
    assert_eq!(reasons.len(), 3);
    reasons
}

/// A ticket with these fields in its order, and a token for it.
fn issued(order: &serde_json::Value) -> (TestApp, String) {
    let app = TestApp::demo();
    let code = app.partner().order(order).expect(201).text_at("/tickets/0/ticket_code");
    let token = app.partner().token(&code);
    (app, token)
}

fn premium() -> (TestApp, String) {
    issued(&json!({"product_id": 106, "quantity": 1}))
}

#[test]
fn a_venue_redeems_its_own_functions() {
    let (app, token) = premium();
    let wrong = "WRONG_VENUE_FUNCTION";
    let cases = [
        (None, ["", "", ""]),
        (Some("cheung-chau"), ["", "", ""]),
        (Some("central-pier"), ["", wrong, wrong]),
        (Some("gift-shop-central"), [wrong, "", wrong]),
        (Some("playground-cc"), [wrong, wrong, ""]),
        (Some("atlantis"), ["VENUE_NOT_FOUND"; 3]),
    ];
    for (venue, expected) in cases {
        assert_eq!(reasons(&app, &token, venue), expected, "{venue:?}");
    }
}

#[test]
fn a_closed_venue_redeems_nothing() {
    let app = TestApp::demo();
    let venue = VenueCode::parse("cheung-chau").unwrap();
    let closed = VenueChange { is_active: Some(false), ..VenueChange::default() };
    app.administer(|tx, admin, now| change_venue(tx, admin, &venue, closed, now).unwrap());
    let token = app.partner().token(&app.partner().ticket());
    assert_eq!(reasons(&app, &token, Some("cheung-chau")), ["VENUE_NOT_FOUND"; 3]);
    assert_eq!(reasons(&app, &token, None), [""; 3]);
}

#[test]
fn what_was_redeemed_is_not_redeemable_again() {
    let (app, token) = premium();
    app.gate().scan(&token, "gift").expect(200);
    assert_eq!(reasons(&app, &token, None), ["", "ALREADY_REDEEMED", ""]);
    app.gate().scan(&token, "ferry").expect(200);
    app.gate().scan(&token, "tokens").expect(200);
    assert_eq!(reasons(&app, &token, None), ["ALREADY_REDEEMED"; 3]);
    assert_eq!(
        reasons(&app, &token, Some("central-pier")),
        ["ALREADY_REDEEMED", "WRONG_VENUE_FUNCTION", "WRONG_VENUE_FUNCTION"]
    );
}

#[test]
fn a_new_code_redeems_what_is_left() {
    let (app, token) = premium();
    app.gate().scan(&token, "gift").expect(200);
    let code = app.gate().look(&token).text_at("/ticket_code");
    let new = app.partner().token(&code);
    assert_eq!(reasons(&app, &new, None), ["", "NO_REMAINING", ""]);
    assert_eq!(reasons(&app, &token, None), ["QR_SUPERSEDED", "ALREADY_REDEEMED", "QR_SUPERSEDED"]);
}

#[test]
fn several_uses_need_several_codes() {
    let (app, token) = issued(&json!({"product_id": 108, "quantity": 1}));
    app.gate().scan(&token, "ferry").expect(200);
    assert_eq!(reasons(&app, &token, None), ["ALREADY_REDEEMED", "", ""]);
    let code = app.gate().look(&token).text_at("/ticket_code");
    let new = app.partner().token(&code);
    assert_eq!(reasons(&app, &new, None), ["", "", ""]);
    app.gate().scan(&new, "ferry").expect(200);
    let last = app.partner().token(&code);
    assert_eq!(reasons(&app, &last, None), ["NO_REMAINING", "", ""]);
}

#[test]
fn an_expired_code_redeems_nothing() {
    let (app, token) = premium();
    app.gate().scan(&token, "gift").expect(200);
    app.clock.advance(TimeDelta::hours(24) - TimeDelta::milliseconds(1));
    assert_eq!(reasons(&app, &token, None), ["", "ALREADY_REDEEMED", ""]);
    app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(reasons(&app, &token, None), ["QR_EXPIRED", "ALREADY_REDEEMED", "QR_EXPIRED"]);
    // Superseded and expired: the first check that fails is the answer.
    let code = app.gate().look(&token).text_at("/ticket_code");
    app.partner().issue(&code).expect(200);
    assert_eq!(reasons(&app, &token, None), ["QR_SUPERSEDED", "ALREADY_REDEEMED", "QR_SUPERSEDED"]);
}

#[test]
fn a_tickets_status_decides() {
    let (app, token) = premium();
    let cases = [
        ("PRE_GENERATED", "TICKET_NOT_ACTIVATED"),
        ("CANCELLED", "TICKET_CANCELLED"),
        ("EXPIRED", "TICKET_EXPIRED"),
        ("REFUND_LOCKED", "TICKET_REFUND_LOCKED"),
        ("ACTIVE", ""),
    ];
    for (status, expected) in cases {
        run(&mut app.session(), &format!("UPDATE tickets SET status = '{status}'"));
        assert_eq!(reasons(&app, &token, None), [expected; 3], "{status}");
    }
}

#[test]
fn a_ticket_is_good_from_its_first_to_its_last_millisecond() {
    let (app, token) = issued(&json!({"product_id": 106, "quantity": 1,
        "valid_from": "2026-11-21T03:00:00Z", "valid_until": "2026-11-21T04:00:00.500Z"}));
    let steps = [
        (3_599_999, "TICKET_NOT_YET_VALID"),
        (1, ""),
        // The code itself ends with the last whole second.
        (3_599_999, ""),
        (1, "QR_EXPIRED"),
    ];
    for (millis, expected) in steps {
        app.clock.advance(TimeDelta::milliseconds(millis));
        assert_eq!(reasons(&app, &token, None), [expected; 3], "{millis}");
    }
}

#[test]
fn a_ticket_whose_validity_was_cut_short_redeems_nothing() {
    let (app, token) = premium();
    let sql = "UPDATE tickets SET valid_until = '2026-11-21 01:59:59.999'";
    run(&mut app.session(), sql);
    assert_eq!(reasons(&app, &token, None), ["TICKET_EXPIRED"; 3]);
}
