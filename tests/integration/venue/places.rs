//! Where a scan is: at no venue, at the one that the body names, or at the terminal's own.

use serde_json::{Value, json};
use ticketgate::catalog::{VenueChange, change_venue};
use ticketgate::kernel::VenueCode;

use crate::support::tables::everything;
use crate::support::{Reply, TestApp, masked};

/// Closes a venue. The server reads the catalogue at most once a second: close before the first request.
pub fn close(app: &TestApp, venue: &str) {
    let venue = VenueCode::parse(venue).unwrap();
    let closed = VenueChange { is_active: Some(false), ..VenueChange::default() };
    app.administer(|tx, admin, now| change_venue(tx, admin, &venue, closed, now).unwrap());
}

/// The parts of an answer that tell the place.
fn place(reply: &Reply) -> Value {
    json!({"verdict": reply.verdict(), "venue": reply.body["venue_info"]})
}

fn at(venue: &str, name: &str, device: &str) -> Value {
    let venue = json!({"venue_code": venue, "venue_name": name, "terminal_device": device});
    json!({"verdict": [200, ""], "venue": venue})
}

fn refused(reason: &str) -> Value {
    json!({"verdict": [422, reason], "venue": null})
}

#[test]
fn without_a_venue_none_is_checked() {
    let app = TestApp::demo();
    let token = app.partner().token(&app.partner().ticket());
    let nowhere = json!({"verdict": [200, ""], "venue": {
        "venue_code": null, "venue_name": null, "terminal_device": "TERMINAL-CP-001"
    }});
    assert_eq!(place(&app.gate().scan(&token, "ferry")), nowhere);
    assert_eq!(place(&app.gate().scan_with(&token, "gift", &json!({"venue_code": null}))), nowhere);
}

#[test]
fn a_venue_that_is_named_must_exist_be_open_and_redeem_the_function() {
    let app = TestApp::demo();
    close(&app, "playground-cc");
    let token = app.partner().token(&app.partner().ticket());
    let gate = app.gate();
    let scan = |function, venue: &str| {
        place(&gate.scan_with(&token, function, &json!({"venue_code": venue})))
    };
    assert_eq!(scan("tokens", "nowhere"), refused("VENUE_NOT_FOUND"));
    assert_eq!(scan("tokens", "CENTRAL-PIER"), refused("VENUE_NOT_FOUND"));
    assert_eq!(scan("tokens", "playground-cc"), refused("VENUE_NOT_FOUND"));
    assert_eq!(scan("tokens", "central-pier"), refused("WRONG_VENUE_FUNCTION"));
    assert_eq!(scan("tokens", "cheung-chau"), at("cheung-chau", "Cheung Chau", "TERMINAL-CP-001"));
    assert_eq!(
        scan("ferry", "central-pier"),
        at("central-pier", "Central Pier", "TERMINAL-CP-001")
    );
}

#[test]
fn a_terminal_scans_at_its_own_venue_whether_the_body_names_it_or_not() {
    let app = TestApp::closed();
    close(&app, "playground-cc");
    let token = {
        let partner = app.new_partner("agency", "");
        partner.token(&partner.ticket())
    };
    let shop = app.terminal("SHOP-1", "gift-shop-central");
    assert_eq!(place(&shop.scan(&token, "ferry")), refused("WRONG_VENUE_FUNCTION"));
    let named = json!({"venue_code": "gift-shop-central"});
    let expected = at("gift-shop-central", "Gift Shop Central", "SHOP-1");
    assert_eq!(place(&shop.scan_with(&token, "gift", &named)), expected);
    let pier = app.terminal("PIER-1", "central-pier");
    assert_eq!(place(&pier.scan(&token, "ferry")), at("central-pier", "Central Pier", "PIER-1"));
    let closed = app.terminal("PLAY-1", "playground-cc");
    assert_eq!(place(&closed.scan(&token, "tokens")), refused("VENUE_NOT_FOUND"));
    let gone = app.terminal("GONE-1", "torn-down");
    assert_eq!(place(&gone.scan(&token, "tokens")), refused("VENUE_NOT_FOUND"));
}

#[test]
fn a_terminal_speaks_for_itself_and_its_venue_only() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    let pier = app.terminal("PIER-1", "central-pier");
    let before = everything(&mut app.session());
    let cases = [
        (
            json!({"venue_code": "cheung-chau"}),
            "TERMINAL_VENUE_MISMATCH",
            "failed to act for cheung-chau: this terminal stands at central-pier",
        ),
        (
            json!({"venue_code": "nowhere"}),
            "TERMINAL_VENUE_MISMATCH",
            "failed to act for nowhere: this terminal stands at central-pier",
        ),
        (
            json!({"terminal_device_id": "PIER-2"}),
            "TERMINAL_DEVICE_MISMATCH",
            "failed to scan as another device: this key belongs to terminal PIER-1",
        ),
    ];
    for (more, error, text) in cases {
        let reply = pier.scan_with(&token, "ferry", &more);
        let kind = format!("urn:ticketgate:problem:{}", error.to_lowercase().replace('_', "-"));
        assert_eq!(
            masked(&reply.body, &["/request_id"]),
            json!({
                "type": kind, "title": "Forbidden", "status": 403, "detail": text,
                "error": error, "message": text, "request_id": "*"
            })
        );
        assert_eq!(reply.status, 403);
    }
    assert_eq!(everything(&mut app.session()), before);
    pier.scan(&token, "ferry").expect(200);
    let event = app.gate().history(&code).remove(0);
    assert_eq!(event["principal"], "terminal:PIER-1");
    assert_eq!(event["venue_code"], "central-pier");
}

#[test]
fn a_terminal_redeems_its_own_functions_only() {
    let app = TestApp::demo();
    let token = app.partner().token(&app.partner().ticket());
    let gate = app.terminal_for("CC-1", "cheung-chau", &["gift", "tokens"]);
    let look = gate.look(&token).expect(200).body;
    let seen: Vec<Value> = look["ticket_info"]["entitlements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["function_code"], one["redeemable"], one["reason"]]))
        .collect();
    assert_eq!(
        seen,
        [
            json!(["ferry", false, "WRONG_VENUE_FUNCTION"]),
            json!(["gift", true, null]),
            json!(["tokens", true, null])
        ]
    );
    assert_eq!(place(&gate.scan(&token, "ferry")), refused("WRONG_VENUE_FUNCTION"));
    assert_eq!(place(&gate.scan(&token, "gift")), at("cheung-chau", "Cheung Chau", "CC-1"));
    // The venue redeems no tokens, whatever its terminal was given.
    let pier = app.terminal_for("PIER-1", "central-pier", &["tokens"]);
    assert_eq!(place(&pier.scan(&token, "tokens")), refused("WRONG_VENUE_FUNCTION"));
    assert_eq!(place(&pier.scan(&token, "ferry")), refused("WRONG_VENUE_FUNCTION"));
}
