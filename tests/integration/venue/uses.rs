//! What a ticket gives, over its whole life: codes that expire and are superseded, validity, and several uses.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::tables::assert_invariants;
use crate::support::{Reply, TestApp};

/// What an answer says about the uses left: of the function, and of each entitlement.
fn left(reply: &Reply) -> Value {
    let entitlements = reply.body["entitlements"].as_array().unwrap().iter();
    let each: Vec<_> = entitlements.map(|one| one["remaining_uses"].clone()).collect();
    json!([reply.body["ticket_status"], reply.body["remaining_uses"], each])
}

#[test]
fn each_further_use_needs_a_new_code_and_the_last_one_makes_the_ticket_used() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.generate_of(108, 1).remove(0);
    let token = partner.token(&code);
    let partly = "partially_redeemed";
    assert_eq!(left(&gate.scan(&token, "ferry").expect(200)), json!([partly, 1, [1, 1, 3]]));
    assert_eq!(gate.scan(&token, "ferry").verdict(), (422, "ALREADY_REDEEMED"));
    assert_eq!(left(&gate.scan(&token, "tokens").expect(200)), json!([partly, 2, [1, 1, 2]]));
    let token = partner.token(&code);
    assert_eq!(left(&gate.scan(&token, "ferry").expect(200)), json!([partly, 0, [0, 1, 2]]));
    assert_eq!(left(&gate.scan(&token, "tokens").expect(200)), json!([partly, 1, [0, 1, 1]]));
    let token = partner.token(&code);
    assert_eq!(gate.scan(&token, "ferry").verdict(), (422, "NO_REMAINING"));
    assert_eq!(left(&gate.scan(&token, "gift").expect(200)), json!([partly, 0, [0, 0, 1]]));
    assert_eq!(left(&gate.scan(&token, "tokens").expect(200)), json!(["USED", 0, [0, 0, 0]]));
    assert_eq!(gate.scan(&token, "tokens").verdict(), (422, "ALREADY_REDEEMED"));
    assert_eq!(gate.scan(&token, "ferry").verdict(), (422, "NO_REMAINING"));
    assert_eq!(partner.issue(&code).verdict(), (409, "TICKET_NOT_ACTIVE"));
    let info = partner.client.get(&format!("/qr/{code}/info")).expect(200);
    assert_eq!(info.body["status"], "USED");
    assert_invariants(&mut app.session());
}

#[test]
fn a_code_is_good_until_its_expiry_and_not_at_it() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let body = json!({"image": "none", "expiry_minutes": 10});
    let issued = app.partner().client.post(&format!("/qr/{code}"), &body).expect(200);
    let token = issued.text_at("/encrypted_data");
    app.clock.advance(TimeDelta::minutes(10) - TimeDelta::milliseconds(1));
    app.gate().scan(&token, "ferry").expect(200);
    app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(app.gate().scan(&token, "gift").verdict(), (422, "QR_EXPIRED"));
    let newer = app.partner().token(&code);
    app.gate().scan(&newer, "gift").expect(200);
    assert_invariants(&mut app.session());
}

#[test]
fn a_newer_code_takes_the_place_of_an_older_one() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let tokens: Vec<String> = (0..3).map(|_| app.partner().token(&code)).collect();
    for old in &tokens[..2] {
        assert_eq!(app.gate().scan(old, "ferry").verdict(), (422, "QR_SUPERSEDED"));
    }
    app.gate().scan(&tokens[2], "ferry").expect(200);
    // What the old one says now is the same whatever the newer one has done.
    assert_eq!(app.gate().scan(&tokens[0], "ferry").verdict(), (422, "QR_SUPERSEDED"));
    assert_invariants(&mut app.session());
}

#[test]
fn a_ticket_of_a_reseller_has_a_code_but_is_not_let_in_before_it_is_activated() {
    let app = TestApp::demo();
    let order = json!({"product_id": 106, "quantity": 1, "distribution_mode": "reseller_batch"});
    let reply = app.partner().order(&order).expect(201);
    assert_eq!(reply.body["tickets"][0]["status"], "PRE_GENERATED");
    let code = reply.text_at("/tickets/0/ticket_code");
    let token = app.partner().token(&code);
    assert_eq!(app.gate().scan(&token, "ferry").verdict(), (422, "TICKET_NOT_ACTIVATED"));
    assert_eq!(app.gate().history(&code)[0]["reason"], "TICKET_NOT_ACTIVATED");
    let info = app.partner().client.get(&format!("/qr/{code}/info")).expect(200);
    assert_eq!(info.body["status"], "PRE_GENERATED");
    assert_invariants(&mut app.session());
}

#[test]
fn a_ticket_is_good_from_the_first_to_the_last_moment_of_its_days() {
    let app = TestApp::demo();
    // The clock stands at 10:00 on 2026-11-21 in Hong Kong.
    let order = json!({
        "product_id": 106, "quantity": 1, "valid_from": "2026-11-22", "valid_until": "2026-11-22"
    });
    let code = app.partner().order(&order).expect(201).text_at("/tickets/0/ticket_code");
    let body = json!({"image": "none", "expiry_minutes": 525_600});
    let issued = app.partner().client.post(&format!("/qr/{code}"), &body).expect(200);
    assert_eq!(issued.body["expires_at"], "2026-11-22T15:59:59.000Z");
    let token = issued.text_at("/encrypted_data");
    app.clock.advance(TimeDelta::hours(14) - TimeDelta::milliseconds(1));
    assert_eq!(app.gate().scan(&token, "ferry").verdict(), (422, "TICKET_NOT_YET_VALID"));
    app.clock.advance(TimeDelta::milliseconds(1));
    app.gate().scan(&token, "ferry").expect(200);
    app.clock.advance(TimeDelta::hours(24) - TimeDelta::milliseconds(1001));
    app.gate().scan(&token, "gift").expect(200);
    app.clock.advance(TimeDelta::milliseconds(1001));
    assert_eq!(app.gate().scan(&token, "tokens").verdict(), (422, "QR_EXPIRED"));
    assert_eq!(app.partner().issue(&code).verdict(), (409, "TICKET_NOT_ACTIVE"));
    assert_invariants(&mut app.session());
}
