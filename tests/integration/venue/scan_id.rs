//! The same scan sent again under its own id: the first verdict again, whatever has happened since.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::tables::{assert_invariants, everything};
use crate::support::{Gate, Reply, TestApp, masked};

const TIMES: &[&str] = &["/performance_metrics/response_time_ms", "/ts"];

fn scan(gate: &Gate, token: &str, function: &str, scan_id: &str) -> Reply {
    gate.scan_with(token, function, &json!({"scan_id": scan_id}))
}

/// Sees to it that an answer is the first one again, but for what tells that it is a replay.
#[track_caller]
fn assert_replays(again: &Reply, first: &Reply, reversed_at: Option<&str>) {
    let mut expected = masked(&first.body, TIMES);
    expected["replayed"] = json!(true);
    if let Some(at) = reversed_at {
        expected["reversed_at"] = json!(at);
    }
    assert_eq!((again.status, masked(&again.body, TIMES)), (first.status, expected));
}

#[test]
fn a_success_sent_again_is_the_same_success() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.generate_of(108, 1).remove(0);
    let token = partner.token(&code);
    let more = json!({"scan_id": "s-1", "venue_code": "central-pier"});
    let first = gate.scan_with(&token, "ferry", &more).expect(200);
    assert_eq!(first.body["replayed"], Value::Null);
    assert_replays(&gate.scan_with(&token, "ferry", &more), &first, None);
    // Further uses, of this function too, and a newer code that outlives this one.
    gate.scan(&token, "tokens").expect(200);
    let newer = partner.client.post(&format!("/qr/{code}"), &json!({"expiry_minutes": 9000}));
    gate.scan(&newer.text_at("/encrypted_data"), "ferry").expect(200);
    gate.scan(&newer.text_at("/encrypted_data"), "tokens").expect(200);
    app.clock.advance(TimeDelta::days(2));
    assert_replays(&gate.scan_with(&token, "ferry", &more), &first, None);
    assert_eq!(gate.history(&code).len(), 4);
    assert_invariants(&mut app.session());
}

#[test]
fn the_last_use_sent_again_is_the_last_use_again() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.generate_of(107, 1).remove(0);
    let token = partner.token(&code);
    let ferry = scan(&gate, &token, "ferry", "s-1").expect(200);
    let gift = scan(&gate, &token, "gift", "s-2").expect(200);
    assert_eq!(gift.body["ticket_status"], "USED");
    assert_replays(&scan(&gate, &token, "gift", "s-2"), &gift, None);
    assert_replays(&scan(&gate, &token, "ferry", "s-1"), &ferry, None);
    assert_eq!(ferry.body["ticket_status"], "partially_redeemed");
    assert_invariants(&mut app.session());
}

#[test]
fn a_refusal_sent_again_is_the_same_refusal() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.ticket();
    let old = partner.token(&code);
    let pier = Gate { device: "PIER-7".to_owned(), ..gate.clone() };
    let success = pier.scan_with(&old, "ferry", &json!({"venue_code": "central-pier"})).expect(200);
    let repeated = scan(&gate, &old, "ferry", "s-1").expect(422);
    assert_eq!(repeated.body["first_redemption"]["terminal_device_id"], "PIER-7");
    let token = partner.token(&code);
    let superseded = scan(&gate, &old, "gift", "s-2").expect(422);
    let none_left = scan(&gate, &token, "ferry", "s-3").expect(422);
    assert_eq!(superseded.code(), "QR_SUPERSEDED");
    assert_eq!(none_left.code(), "NO_REMAINING");
    // What they were refused for is over; the answers are not.
    app.clock.advance(TimeDelta::minutes(1));
    gate.undo(&success.text_at("/redemption_id")).expect(200);
    assert_replays(&scan(&gate, &old, "ferry", "s-1"), &repeated, None);
    assert_replays(&scan(&gate, &old, "gift", "s-2"), &superseded, None);
    assert_replays(&scan(&gate, &token, "ferry", "s-3"), &none_left, None);
    scan(&gate, &token, "ferry", "s-4").expect(200);
    assert_replays(&scan(&gate, &token, "ferry", "s-3"), &none_left, None);
    assert_invariants(&mut app.session());
}

#[test]
fn the_first_redemption_of_a_replayed_refusal_is_the_one_of_then() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let token = partner.token(&partner.ticket());
    let at = |device: &str| Gate { device: device.to_owned(), ..gate.clone() };
    let first = at("GATE-1").scan(&token, "ferry").expect(200);
    gate.undo(&first.text_at("/redemption_id")).expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    let second = at("GATE-2").scan(&token, "ferry").expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    let refused = scan(&gate, &token, "ferry", "s-1").expect(422);
    assert_eq!(
        refused.body["first_redemption"],
        json!({"redeemed_at": "2026-11-21T02:00:01.000Z", "venue_code": null,
               "terminal_device_id": "GATE-2"})
    );
    gate.undo(&second.text_at("/redemption_id")).expect(200);
    at("GATE-3").scan(&token, "ferry").expect(200);
    assert_replays(&scan(&gate, &token, "ferry", "s-1"), &refused, None);
    assert_invariants(&mut app.session());
}

#[test]
fn a_success_that_was_undone_says_so_when_it_is_sent_again() {
    let app = TestApp::demo();
    let gate = app.gate();
    let token = app.partner().token(&app.partner().ticket());
    let first = scan(&gate, &token, "ferry", "s-1").expect(200);
    app.clock.advance(TimeDelta::minutes(5));
    gate.undo(&first.text_at("/redemption_id")).expect(200);
    app.clock.advance(TimeDelta::minutes(5));
    let undone_at = Some("2026-11-21T02:05:00.000Z");
    assert_replays(&scan(&gate, &token, "ferry", "s-1"), &first, undone_at);
    // A replay is no new redemption: the use is still there for another scan.
    scan(&gate, &token, "ferry", "s-2").expect(200);
    assert_replays(&scan(&gate, &token, "ferry", "s-1"), &first, undone_at);
    assert_invariants(&mut app.session());
}

#[test]
fn an_id_that_belongs_to_another_scan_is_a_conflict() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.generate_of(108, 1).remove(0);
    let token = partner.token(&code);
    scan(&gate, &token, "ferry", "s-1").expect(200);
    scan(&gate, &token, "spa", "s-2").expect(422);
    let newer = partner.token(&code);
    let before = everything(&mut app.session());
    let other = Gate { device: "GATE-2".to_owned(), ..gate.clone() };
    let terminal = app.terminal(&gate.device, "cheung-chau");
    let cases = [
        (&gate, &token, "gift", "s-1"),
        (&gate, &newer, "ferry", "s-1"),
        (&other, &token, "ferry", "s-1"),
        (&terminal, &token, "ferry", "s-1"),
        (&gate, &token, "ferry", "s-2"),
    ];
    for (gate, token, function, scan_id) in cases {
        let reply = scan(gate, token, function, scan_id);
        let text = format!(
            "failed to take scan_id {scan_id} again: on this ticket it belongs to another scan"
        );
        assert_eq!(
            masked(&reply.body, &["/request_id"]),
            json!({
                "type": "urn:ticketgate:problem:scan-id-reused", "title": "Conflict",
                "status": 409, "detail": text, "error": "SCAN_ID_REUSED", "message": text,
                "request_id": "*"
            })
        );
        assert_eq!(reply.status, 409);
    }
    assert_eq!(everything(&mut app.session()), before);
    assert_invariants(&mut app.session());
}

#[test]
fn an_id_is_a_tickets_own() {
    let app = TestApp::demo();
    for code in app.partner().generate(2) {
        let token = app.partner().token(&code);
        let reply = scan(&app.gate(), &token, "ferry", "s-1").expect(200);
        assert_eq!(reply.body["replayed"], Value::Null);
    }
    assert_invariants(&mut app.session());
}

#[test]
fn the_numbers_of_replays_are_given_back() {
    let app = TestApp::demo();
    let gate = app.gate();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    for scan_id in ["s-1", "s-1", "s-1", "s-2", "s-2", "s-1"] {
        scan(&gate, &token, "ferry", scan_id);
        scan(&gate, &token, "gift", scan_id);
    }
    let numbers: Vec<Value> =
        gate.history(&code).iter().map(|event| event["ticket_seq"].clone()).collect();
    assert_eq!(numbers, [2, 1]);
    assert_invariants(&mut app.session());
}
