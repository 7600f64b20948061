//! The invariants of the contract's section 7 that one server keeps by itself, each by its name.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::tables::{assert_invariants, everything, lines};
use crate::support::{Gate, Partner, Reply, TestApp, masked};

/// Five gates that scan two functions of a ticket with its two codes, all at the same time, and undo what they can.
fn crowd(partner: &Partner, gate: &Gate, ticket: &str) -> Vec<Reply> {
    let work = |number: usize| {
        let gate = Gate { device: format!("GATE-{number}"), ..gate.clone() };
        let token = if number == 0 {
            partner.token(ticket)
        } else {
            partner
                .client
                .get(&format!("/qr/{ticket}?image=none"))
                .expect(200)
                .text_at("/encrypted_data")
        };
        let mut replies = Vec::new();
        for round in 0..4 {
            let function = ["ferry", "tokens"][(number + round) % 2];
            let reply = gate.scan(&token, function);
            if reply.status == 200 && round == 1 {
                replies.push(gate.undo(&reply.text_at("/redemption_id")));
            }
            replies.push(reply);
        }
        replies
    };
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..5).map(|number| scope.spawn(move || work(number))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// Tickets of product 108 that a crowd has been at, and all that the crowd was told.
fn crowded(app: &TestApp, tickets: usize) -> (Vec<String>, Vec<Reply>) {
    let (partner, gate) = (app.partner(), app.gate());
    let codes = partner.generate_of(108, tickets);
    let mut replies = Vec::new();
    for code in &codes {
        partner.token(code);
        replies.extend(crowd(&partner, &gate, code));
    }
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 422)), "{replies:?}");
    (codes, replies)
}

/// 0
#[test]
fn events_of_a_ticket_are_numbered_without_gaps() {
    let app = TestApp::demo();
    let (codes, _) = crowded(&app, 4);
    for code in codes {
        let mut numbers: Vec<i64> = app
            .gate()
            .history(&code)
            .iter()
            .map(|event| event["ticket_seq"].as_i64().unwrap())
            .collect();
        numbers.sort_unstable();
        let expected: Vec<i64> = (1..=i64::try_from(numbers.len()).unwrap()).collect();
        assert_eq!(numbers, expected);
        assert!(numbers.len() >= 20);
    }
    assert_invariants(&mut app.session());
}

/// 1
#[test]
fn a_code_redeems_a_function_at_most_once() {
    let app = TestApp::demo();
    let (codes, replies) = crowded(&app, 4);
    // In the table: successes and what undid them take turns.
    for code in codes {
        let mut standing: BTreeMap<(String, String), i32> = BTreeMap::new();
        for event in app.gate().history(&code).iter().rev() {
            let key =
                ["jti", "function_code"].map(|field| event[field].as_str().unwrap().to_owned());
            let count = standing.entry(key.into()).or_default();
            match event["result"].as_str().unwrap() {
                "success" => *count += 1,
                "reversal" => *count -= 1,
                _ => {}
            }
            assert!((0..=1).contains(count), "{event}");
        }
    }
    // In what was told: no redemption was told to two gates.
    let mut told: Vec<&Value> = replies
        .iter()
        .filter(|reply| reply.body["result"] == "success")
        .map(|reply| &reply.body["redemption_id"])
        .collect();
    let count = told.len();
    told.sort_unstable_by_key(|id| id.as_str());
    told.dedup();
    assert_eq!(told.len(), count);
    assert_invariants(&mut app.session());
}

/// 2, but for the crash, which another test brings about.
#[test]
fn every_answered_success_has_exactly_one_row() {
    let app = TestApp::demo();
    let (_, replies) = crowded(&app, 4);
    let mut told: Vec<String> = replies
        .iter()
        .filter(|reply| reply.body["result"] == "success")
        .map(|reply| reply.text_at("/redemption_id"))
        .collect();
    told.sort_unstable();
    let sql = "SELECT id AS value FROM redemption_events WHERE result = 'success' ORDER BY id";
    assert_eq!(lines(&mut app.session(), sql), told);
    let refused = replies.iter().filter(|reply| reply.status == 422).count();
    let sql = "SELECT id AS value FROM redemption_events WHERE result = 'reject'";
    assert_eq!(lines(&mut app.session(), sql).len(), refused);
}

/// 3
#[test]
fn remaining_uses_are_total_uses_less_standing_successes() {
    let app = TestApp::demo();
    let gate = app.gate();
    let code = app.partner().generate_of(108, 1).remove(0);
    let mut undone = Vec::new();
    for round in 0..4 {
        let token = app.partner().token(&code);
        for function in ["ferry", "gift", "tokens"] {
            let reply = gate.scan(&token, function);
            assert_invariants(&mut app.session());
            if reply.status == 200 && round == 0 {
                undone.push(reply.text_at("/redemption_id"));
            }
        }
        for id in undone.drain(..) {
            gate.undo(&id).expect(200);
            assert_invariants(&mut app.session());
        }
    }
    let sql = "SELECT function_code || ' ' || remaining_uses AS value FROM entitlements ORDER BY 1";
    assert_eq!(lines(&mut app.session(), sql), ["ferry 0", "gift 0", "tokens 0"]);
    let (codes, _) = crowded(&app, 4);
    assert_eq!(codes.len(), 4);
    assert_invariants(&mut app.session());
}

/// 4
#[test]
fn looking_changes_nothing() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.ticket();
    let old = partner.token(&code);
    gate.scan(&old, "ferry").expect(200);
    let token = partner.token(&code);
    let before = everything(&mut app.session());
    let shown = |token: &str| masked(&gate.look(token).expect(200).body, &["/remaining_seconds"]);
    let first = [shown(&token), shown(&old)];
    for _ in 0..3 {
        assert_eq!([shown(&token), shown(&old)], first);
        for client in [&partner.client, &gate.client] {
            client.get(&format!("/qr/{code}/info")).expect(200);
            client.get("/venue/analytics/redemptions").expect(200);
        }
        partner.client.get(&format!("/qr/{code}")).expect(200);
        partner.client.get("/ota/tickets").expect(200);
        gate.look("nonsense").expect(400);
    }
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(shown(&token)["is_expired"], true);
    assert_eq!(everything(&mut app.session()), before);
}

/// 5, but for the crash, which another test brings about.
#[test]
fn the_same_scan_id_gets_the_same_answer() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.generate_of(108, 1).remove(0);
    let token = partner.token(&code);
    let scan = |function: &str, scan_id: &str| {
        let reply = gate.scan_with(&token, function, &json!({"scan_id": scan_id}));
        let mut body = reply.body.clone();
        for told_anew in ["ts", "performance_metrics", "replayed"] {
            body.as_object_mut().unwrap().remove(told_anew);
        }
        (reply.status, body)
    };
    let scans = [("ferry", "a"), ("ferry", "b"), ("gift", "c"), ("spa", "d"), ("tokens", "e")];
    let first: Vec<_> = scans.iter().map(|(function, id)| scan(function, id)).collect();
    let statuses: Vec<u16> = first.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 422, 200, 422, 200]);
    partner.token(&code);
    app.clock.advance(TimeDelta::days(2));
    let before = everything(&mut app.session());
    for ((function, id), expected) in scans.iter().zip(&first).rev() {
        assert_eq!(scan(function, id), *expected);
    }
    assert_eq!(everything(&mut app.session()), before);
    assert_invariants(&mut app.session());
}

/// 6
#[test]
fn a_partner_sees_and_touches_only_its_own() {
    let app = TestApp::demo();
    let (owner, other) = (app.partner(), app.new_partner("other", ""));
    let issued = owner.issue(&owner.ticket()).expect(200);
    let (code, token) = (issued.text_at("/ticket_code"), issued.text_at("/encrypted_data"));
    app.gate().scan(&token, "ferry").expect(200);
    let before = everything(&mut app.session());
    let refused = [
        other.issue(&code),
        other.client.get(&format!("/qr/{code}")),
        other.client.get(&format!("/qr/{code}/info")),
        other.client.post("/qr/decrypt", &json!({"encrypted_data": token})),
    ];
    for reply in &refused {
        assert_eq!(reply.verdict(), (404, "TICKET_NOT_FOUND"));
    }
    assert_eq!(other.client.get("/ota/tickets").expect(200).body["tickets"], json!([]));
    let events = other.client.get("/venue/analytics/redemptions").expect(200);
    assert_eq!(events.body["items"], json!([]));
    assert_eq!(everything(&mut app.session()), before);
}

/// 7, as far as tickets can be changed today.
#[test]
fn an_expired_or_superseded_code_is_never_redeemed() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.ticket();
    let old = partner.token(&code);
    let current = partner.token(&code);
    let all = |token: &str, reason: &str| {
        for function in ["ferry", "gift", "tokens"] {
            let scan_id = json!({"scan_id": format!("{reason} {function}")});
            for more in [json!({}), json!({"venue_code": "cheung-chau"}), scan_id] {
                let reply = gate.scan_with(token, function, &more);
                assert_eq!(reply.verdict(), (422, reason), "{more}");
            }
        }
    };
    all(&old, "QR_SUPERSEDED");
    app.clock.advance(TimeDelta::days(1));
    all(&current, "QR_EXPIRED");
    // Nor by asking for it again, nor when its only successor has gone too.
    let again = partner.client.get(&format!("/qr/{code}?image=none")).expect(200);
    assert_eq!(again.text_at("/encrypted_data"), current);
    all(&current, "QR_EXPIRED");
    all(&old, "QR_SUPERSEDED");
    let sql = "SELECT id AS value FROM redemption_events WHERE result = 'success'";
    assert_eq!(lines(&mut app.session(), sql), Vec::<String>::new());
    assert_invariants(&mut app.session());
}
