//! `POST /venue/redemptions/{id}/reverse`: once, in time, and the use comes back.

use std::sync::Barrier;

use chrono::TimeDelta;
use serde_json::json;

use crate::support::tables::{assert_invariants, everything};
use crate::support::{Reply, TestApp, masked};

/// A problem's whole body.
#[track_caller]
fn assert_problem(reply: &Reply, status: u16, error: &str, text: &str) {
    let title = if status == 404 { "Not Found" } else { "Conflict" };
    let kind = format!("urn:ticketgate:problem:{}", error.to_lowercase().replace('_', "-"));
    assert_eq!(
        masked(&reply.body, &["/request_id"]),
        json!({
            "type": kind, "title": title, "status": status, "detail": text, "error": error,
            "message": text, "request_id": "*"
        })
    );
    assert_eq!(reply.status, status);
}

#[test]
fn an_undone_use_comes_back() {
    let app = TestApp::demo();
    let code = app.partner().generate_of(107, 1).remove(0);
    let token = app.partner().token(&code);
    let gate = app.gate();
    let at_pier = json!({"venue_code": "central-pier"});
    let first = gate.scan_with(&token, "ferry", &at_pier).expect(200).text_at("/redemption_id");
    gate.scan(&token, "gift").expect(200);
    app.clock.advance(TimeDelta::minutes(5));
    let reply = gate.undo(&first).expect(200);
    assert_eq!(
        masked(&reply.body, &["/reversal_id"]),
        json!({
            "reversal_id": "*",
            "redemption_id": first,
            "ticket_code": code,
            "function_code": "ferry",
            "ticket_status": "ACTIVE",
            "remaining_uses": 1,
            "entitlements": [
                {"function_code": "ferry", "function_name": "Ferry Ride",
                 "remaining_uses": 1, "total_uses": 1},
                {"function_code": "gift", "function_name": "Souvenir Gift",
                 "remaining_uses": 0, "total_uses": 1}
            ],
            "reason": "scanned by mistake",
            "reversed_at": "2026-11-21T02:05:00.000Z"
        })
    );
    assert_invariants(&mut app.session());
}

#[test]
fn an_undoing_is_an_event_of_its_own_and_marks_the_one_that_it_undid() {
    let app = TestApp::demo();
    let issued = app.partner().issue(&app.partner().ticket()).expect(200);
    let (code, token) = (issued.text_at("/ticket_code"), issued.text_at("/encrypted_data"));
    let more = json!({"venue_code": "central-pier", "scan_id": "s-1", "scanned_at": "2026-11-21T01:59:00Z"});
    let first = app.gate().scan_with(&token, "ferry", &more).expect(200).text_at("/redemption_id");
    app.clock.advance(TimeDelta::minutes(5));
    let reversal = app.gate().undo(&first).expect(200).text_at("/reversal_id");
    let both = json!({
        "ticket_code": code, "partner_id": "test_partner", "function_code": "ferry",
        "jti": issued.body["jti"], "venue_code": "central-pier",
        "terminal_device_id": "TERMINAL-CP-001", "principal": "demo-visitor", "operator": null,
        "offline": false
    });
    let mut expected = [both.clone(), both];
    for (event, more) in expected.iter_mut().zip([
        json!({
            "redemption_id": reversal, "ticket_seq": 2, "result": "reversal",
            "reason": "scanned by mistake", "scan_id": null, "scanned_at": null,
            "redeemed_at": "2026-11-21T02:05:00.000Z", "remaining_uses_after": 1,
            "reversed_at": null, "reverses": first
        }),
        json!({
            "redemption_id": first, "ticket_seq": 1, "result": "success", "reason": null,
            "scan_id": "s-1", "scanned_at": "2026-11-21T01:59:00.000Z",
            "redeemed_at": "2026-11-21T02:00:00.000Z", "remaining_uses_after": 0,
            "reversed_at": "2026-11-21T02:05:00.000Z", "reverses": null
        }),
    ]) {
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    assert_eq!(app.gate().history(&code), expected);
}

#[test]
fn a_used_ticket_is_active_again_and_the_same_code_redeems_again() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.generate_of(107, 1).remove(0);
    let token = partner.token(&code);
    gate.scan(&token, "ferry").expect(200);
    let last = gate.scan(&token, "gift").expect(200);
    assert_eq!(last.body["ticket_status"], "USED");
    let undone = gate.undo(&last.text_at("/redemption_id")).expect(200);
    assert_eq!(undone.body["ticket_status"], "ACTIVE");
    let info = || partner.client.get(&format!("/qr/{code}/info")).expect(200).text_at("/status");
    assert_eq!(info(), "ACTIVE");
    assert_invariants(&mut app.session());
    let again = gate.scan(&token, "gift").expect(200);
    assert_eq!(again.body["ticket_status"], "USED");
    assert_eq!(gate.scan(&token, "gift").verdict(), (422, "ALREADY_REDEEMED"));
    assert_eq!(info(), "USED");
    gate.undo(&again.text_at("/redemption_id")).expect(200);
    assert_eq!(info(), "ACTIVE");
    assert_invariants(&mut app.session());
}

#[test]
fn what_cannot_be_undone_says_why_and_stays() {
    let app = TestApp::demo();
    let gate = app.gate();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    let success = gate.scan(&token, "ferry").expect(200).text_at("/redemption_id");
    gate.scan(&token, "ferry").expect(422);
    let refusal = gate.history(&code)[0]["redemption_id"].as_str().unwrap().to_owned();
    let reversal = gate.undo(&success).expect(200).text_at("/reversal_id");
    let before = everything(&mut app.session());
    app.clock.advance(TimeDelta::days(2));
    let twice = "failed to undo this redemption: it was undone at 2026-11-21T02:00:00.000Z";
    assert_problem(&gate.undo(&success), 409, "ALREADY_REVERSED", twice);
    let not_success = "failed to undo this event: only a successful redemption can be undone";
    assert_problem(&gate.undo(&refusal), 409, "NOT_REVERSIBLE", not_success);
    assert_problem(&gate.undo(&reversal), 409, "NOT_REVERSIBLE", not_success);
    assert_eq!(everything(&mut app.session()), before);
    assert_invariants(&mut app.session());
}

#[test]
fn an_unknown_redemption_is_not_found_however_its_id_is_shaped() {
    let app = TestApp::demo();
    let never = "01936f00-0000-7000-8000-000000000000";
    for id in [never, "1", "nonsense", "%20", "%00", "a%00b", "%F0%9F%8E%AB", &"9".repeat(3000)] {
        let reply = app.gate().undo(id);
        assert_problem(&reply, 404, "REDEMPTION_NOT_FOUND", "failed to find this redemption");
    }
}

#[test]
fn a_redemption_can_be_undone_for_a_day() {
    let app = TestApp::demo();
    let gate = app.gate();
    let scans: Vec<String> = app
        .partner()
        .generate(2)
        .iter()
        .map(|code| gate.scan(&app.partner().token(code), "ferry").text_at("/redemption_id"))
        .collect();
    app.clock.advance(TimeDelta::hours(24));
    gate.undo(&scans[0]).expect(200);
    app.clock.advance(TimeDelta::milliseconds(1));
    let before = everything(&mut app.session());
    let text = "failed to undo this redemption: that is possible within 24 hours after it";
    assert_problem(&gate.undo(&scans[1]), 409, "REVERSAL_WINDOW_ENDED", text);
    assert_eq!(everything(&mut app.session()), before);
    assert_invariants(&mut app.session());
}

#[test]
fn of_20_undoings_at_once_one_succeeds() {
    let app = TestApp::demo();
    let code = app.partner().generate_of(108, 1).remove(0);
    let gate = app.gate();
    let id = gate.scan(&app.partner().token(&code), "ferry").expect(200).text_at("/redemption_id");
    let start = Barrier::new(20);
    let undo = || {
        start.wait();
        gate.undo(&id)
    };
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(undo)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (done, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    assert_eq!(done.len(), 1);
    assert!(refused.iter().all(|reply| reply.verdict() == (409, "ALREADY_REVERSED")));
    assert_eq!(gate.history(&code).len(), 2);
    assert_invariants(&mut app.session());
}
