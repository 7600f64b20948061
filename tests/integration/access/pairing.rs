//! `POST /terminals/pair`: a one-time code for a key, once, in time, and with few guesses.

use std::sync::Barrier;

use chrono::TimeDelta;
use serde_json::{Value, json};
use ticketgate::token::hex_digest;

use crate::support::database::is_postgres;
use crate::support::process::run_json;
use crate::support::tables::{lines, number};
use crate::support::{
    Client, Gate, Reply, Site, TestApp, audited, masked, problem_body, within_a_second,
};

/// Makes a terminal; gives its pairing code.
fn set_up(admin: &Client, id: &str) -> String {
    let order = json!({"terminal_device_id": id, "venue_code": "cheung-chau",
        "functions": ["gift", "ferry"]});
    admin.post("/admin/terminals", &order).expect(201).text_at("/pairing_code")
}

fn new_code(admin: &Client, id: &str) -> String {
    let path = format!("/admin/terminals/{id}/pairing-code");
    admin.post_nothing(&path).expect(201).text_at("/pairing_code")
}

fn pair(app: &TestApp, code: &str) -> Reply {
    app.client().post("/terminals/pair", &json!({"pairing_code": code}))
}

/// The device with the key that its pairing gave it.
fn gate(app: &TestApp, paired: &Reply) -> Gate {
    let client = app.client().with("X-Terminal-Key", &paired.text_at("/terminal_key"));
    Gate { client, device: paired.text_at("/terminal_device_id") }
}

#[track_caller]
fn assert_refused(reply: &Reply) {
    let text =
        "failed to accept the pairing code: it is unknown, used or expired; ask for a new one";
    let expected = problem_body(401, "Unauthorized", "INVALID_PAIRING_CODE", text);
    assert_eq!(masked(&reply.body, &["/request_id"]), expected);
    assert_eq!(reply.status, 401);
}

/// The same code with a wrong secret.
fn wrong(code: &str) -> String {
    let (start, last) = code.split_at(code.len() - 1);
    format!("{start}{}", if last == "7" { "8" } else { "7" })
}

#[test]
fn a_code_is_exchanged_for_a_key_once() {
    let (app, admin) = TestApp::closed().with_admin();
    let code = set_up(&admin, "GATE-1");
    app.clock.advance(TimeDelta::minutes(10) - TimeDelta::milliseconds(1));
    let typed = format!(" {}\n", code.to_lowercase().replace('-', " "));
    let paired = pair(&app, &typed).expect(200);
    assert_eq!(
        masked(&paired.body, &["/terminal_key"]),
        json!({"terminal_device_id": "GATE-1", "venue_code": "cheung-chau",
            "functions": ["gift", "ferry"], "terminal_key": "*"})
    );
    let key = paired.text_at("/terminal_key");
    assert!(key.starts_with("tg_term_"), "{key}");
    let partner = app.new_partner("acme", "");
    let token = partner.token(&partner.ticket());
    let gate = gate(&app, &paired);
    gate.scan(&token, "ferry").expect(200);
    assert_eq!(gate.scan(&token, "tokens").verdict(), (422, "WRONG_VENUE_FUNCTION"));
    assert_refused(&pair(&app, &code));
    let listed = admin.get("/admin/terminals").expect(200).body["items"][0].clone();
    assert_eq!(listed["paired_at"], "2026-11-21T02:09:59.999Z");
    let log = admin.get("/admin/audit?action=terminal.pair").expect(200).body["items"].clone();
    let before = |paired_at: Value| {
        json!({"terminal_device_id": "GATE-1", "venue_code": "cheung-chau",
            "functions": ["gift", "ferry"], "is_active": true,
            "created_at": "2026-11-21T02:00:00.000Z", "paired_at": paired_at,
            "last_seen_at": null, "revoked_at": null})
    };
    assert_eq!(
        masked(&log, &["/0/audit_id", "/0/request_id"]),
        json!([{"audit_id": "*", "at": "2026-11-21T02:09:59.999Z",
            "principal": "terminal:GATE-1", "action": "terminal.pair", "subject": "GATE-1",
            "request_id": "*", "before": before(Value::Null),
            "after": before(json!("2026-11-21T02:09:59.999Z"))}])
    );
    let id = paired.header("x-request-id").unwrap();
    assert_eq!(log[0]["request_id"], id);
}

#[test]
fn of_devices_that_send_one_code_at_once_exactly_one_gets_a_key() {
    let (app, admin) = TestApp::closed().with_admin();
    for round in 0..5 {
        let code = set_up(&admin, &format!("GATE-{round}"));
        let start = Barrier::new(8);
        let ask = || {
            let client = app.client();
            start.wait();
            client.post("/terminals/pair", &json!({"pairing_code": code}))
        };
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let devices: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            devices.into_iter().map(|device| device.join().unwrap()).collect()
        });
        let (paired, refused): (Vec<_>, Vec<_>) =
            replies.into_iter().partition(|reply| reply.status == 200);
        assert_eq!((paired.len(), refused.len()), (1, 7));
        refused.iter().for_each(assert_refused);
        gate(&app, &paired[0]).client.get("/venue").expect(200);
    }
}

#[test]
fn five_wrong_tries_end_a_code() {
    let (app, admin) = TestApp::closed().with_admin();
    let patient = set_up(&admin, "GATE-1");
    for _ in 0..4 {
        assert_refused(&pair(&app, &wrong(&patient)));
    }
    pair(&app, &patient).expect(200);
    let code = set_up(&admin, "GATE-2");
    for _ in 0..5 {
        assert_refused(&pair(&app, &wrong(&code)));
    }
    assert_refused(&pair(&app, &code));
    let tries = "SELECT failed_tries AS value FROM pairing_codes \
        WHERE terminal_device_id = 'GATE-2'";
    assert_eq!(number(&mut app.session(), tries), 5, "the tries are kept, though refused");
    pair(&app, &new_code(&admin, "GATE-2")).expect(200);
}

#[test]
fn guesses_at_once_are_no_more_than_guesses_one_by_one() {
    let (app, admin) = TestApp::closed().with_admin();
    let code = set_up(&admin, "GATE-1");
    let guess = wrong(&code);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert_refused(&pair(&app, &guess)));
        }
    });
    let tries = "SELECT failed_tries AS value FROM pairing_codes";
    assert_eq!(number(&mut app.session(), tries), 5);
    assert_refused(&pair(&app, &code));
}

#[test]
fn every_code_that_is_not_good_is_refused_alike() {
    let (app, admin) = TestApp::closed().with_admin();
    let older = set_up(&admin, "GATE-1");
    let expired = new_code(&admin, "GATE-1");
    assert_refused(&pair(&app, &older));
    app.clock.advance(TimeDelta::minutes(10));
    assert_refused(&pair(&app, &expired));
    for text in ["", "0000-0000-0000", "1234", "no code at all", &"0".repeat(15_000)] {
        assert_refused(&pair(&app, text));
    }
    let revoked = new_code(&admin, "GATE-1");
    admin.post_nothing("/admin/terminals/GATE-1/revoke").expect(200);
    assert_refused(&pair(&app, &revoked));
    let missing = app.client().post("/terminals/pair", &json!({}));
    assert_eq!((missing.verdict(), missing.field()), ((400, "INVALID_REQUEST"), "pairing_code"));
}

#[test]
fn a_code_is_stored_as_a_digest_and_pruned_when_it_is_over() {
    let (app, admin) = TestApp::closed().with_admin();
    let code = set_up(&admin, "GATE-1").replace('-', "");
    let (prefix, secret) = code.split_at(4);
    let stored = if is_postgres() {
        "SELECT code_prefix || ' ' || encode(secret_hash, 'hex') AS value FROM pairing_codes"
    } else {
        "SELECT code_prefix || ' ' || lower(hex(secret_hash)) AS value FROM pairing_codes"
    };
    let expected = format!("{prefix} {}", hex_digest(secret.as_bytes()));
    assert_eq!(lines(&mut app.session(), stored), [expected]);
    let count = || number(&mut app.session(), "SELECT count(*) AS value FROM pairing_codes");
    new_code(&admin, "GATE-1");
    assert_eq!(count(), 1, "a new one replaces the older one");
    app.clock.advance(TimeDelta::minutes(9));
    set_up(&admin, "GATE-2");
    assert_eq!(count(), 2, "both are good");
    app.clock.advance(TimeDelta::minutes(9));
    set_up(&admin, "GATE-3");
    assert_eq!(count(), 2, "the one of GATE-1 is over");
}

/// The key is refused within a second of now.
#[track_caller]
fn assert_dead_within_a_second(client: &Client) {
    within_a_second("the end of the key", || {
        let reply = client.get("/venue");
        (reply.status != 200).then(|| assert_eq!(reply.verdict(), (401, "INVALID_TERMINAL_KEY")))
    });
}

#[test]
fn pairing_again_replaces_the_key_and_ends_a_revocation() {
    let (app, admin) = TestApp::closed().with_admin();
    let first = gate(&app, &pair(&app, &set_up(&admin, "GATE-1")).expect(200)).client;
    // On this server it counts at once, though the key was accepted a moment ago.
    let is_dead = |client: &Client| {
        assert_eq!(client.get("/venue").verdict(), (401, "INVALID_TERMINAL_KEY"));
    };
    first.get("/venue").expect(200);
    let code = new_code(&admin, "GATE-1");
    first.get("/venue").expect(200);
    let second = gate(&app, &pair(&app, &code).expect(200)).client;
    is_dead(&first);
    second.get("/venue").expect(200);
    let revoke = || admin.post_nothing("/admin/terminals/GATE-1/revoke").expect(200).body;
    let revoked = revoke();
    assert_eq!(revoked["is_active"], false);
    is_dead(&second);
    let lines = || audited(&admin, "action=terminal.revoke").len();
    assert_eq!(lines(), 1);
    let withdrawn = new_code(&admin, "GATE-1");
    assert_eq!(revoke()["revoked_at"], revoked["revoked_at"]);
    assert_refused(&pair(&app, &withdrawn));
    assert_eq!(lines(), 2, "a code was taken back");
    assert_eq!(revoke()["revoked_at"], revoked["revoked_at"]);
    assert_eq!(lines(), 2, "nothing was changed");
    let third = pair(&app, &new_code(&admin, "GATE-1")).expect(200);
    gate(&app, &third).client.get("/venue").expect(200);
    is_dead(&second);
    let listed = admin.get("/admin/terminals").expect(200).body["items"][0].clone();
    assert_eq!((&listed["is_active"], &listed["revoked_at"]), (&json!(true), &Value::Null));
}

#[test]
fn a_key_that_was_revoked_by_another_process_is_refused_within_a_second() {
    let site = Site::new();
    let server = site.serve();
    let client = site.gate(&server).client;
    client.get("/venue").expect(200);
    run_json(&site.database, &["terminal", "revoke", "GATE-1"]);
    assert_dead_within_a_second(&client);
}
