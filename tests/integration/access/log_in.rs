//! Operators' sessions: how they begin, what they may, and how they end.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::tables::lines;
use crate::support::test_app::PASSWORD;
use crate::support::{Client, Gate, Reply, TestApp, masked, problem_body};

/// The body of an answer without what differs each time.
fn body(reply: &Reply) -> Value {
    masked(&reply.body, &["/request_id", "/operator_token"])
}

fn assert_over(client: &Client) {
    let reply = client.get("/operators/me").expect(401);
    let text =
        "failed to accept the operator's token: it is unknown, expired or revoked; log in again";
    assert_eq!(body(&reply), problem_body(401, "Unauthorized", "OPERATOR_TOKEN_INVALID", text));
    let challenge = "Bearer realm=\"ticketgate\", error=\"invalid_token\"";
    assert_eq!(reply.header("www-authenticate"), Some(challenge));
}

#[test]
fn who_logs_in_gets_a_token_and_is_told_who_they_are() {
    let app = TestApp::closed();
    app.new_operator("anna.b", "supervisor");
    let reply = app.log_in("anna.b", PASSWORD).expect(200);
    let operator = json!({"username": "anna.b", "display_name": "anna.b", "role": "supervisor"});
    let expires_at = "2026-11-21T14:00:00.000Z";
    let expected = json!({"operator_token": "*", "expires_at": expires_at, "operator": operator});
    assert_eq!(body(&reply), expected);
    let token = reply.text_at("/operator_token");
    let parts: Vec<&str> = token.split('_').collect();
    assert_eq!((parts[0], parts[1], parts[2].len(), parts[3].len()), ("tg", "op", 16, 52));
    let me = app.client().with("Authorization", &format!("Bearer {token}")).get("/operators/me");
    assert_eq!(me.expect(200).body, json!({"expires_at": expires_at, "operator": operator}));
    let hashes =
        "SELECT count(*) || ' of ' || max(length(secret_hash)) AS value FROM operator_sessions";
    assert_eq!(lines(&mut app.session(), hashes), ["1 of 32"], "the token itself is not stored");
}

#[test]
fn an_unknown_name_a_wrong_password_and_a_disabled_operator_are_refused_alike() {
    let app = TestApp::closed();
    app.new_operator("anna", "steward");
    app.new_operator("bob", "steward");
    let admin = app.operator("carl", "admin");
    admin.patch("/admin/operators/bob", &json!({"is_active": false})).expect(200);
    let text =
        "failed to accept the name and the password: they are not those of an active operator";
    let expected = problem_body(401, "Unauthorized", "INVALID_LOGIN", text);
    for (name, password) in [
        ("anna", "wrong"),
        ("anna", "correct horse batterY"),
        ("bob", PASSWORD),
        ("nobody", PASSWORD),
    ] {
        let reply = app.log_in(name, password).expect(401);
        assert_eq!(body(&reply), expected, "{name}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"ticketgate\""));
    }
}

#[test]
fn fields_of_a_log_in_that_are_wrong_are_named() {
    let app = TestApp::closed();
    let cases = [
        (json!({"password": "x"}), "username"),
        (json!({"username": "anna"}), "password"),
        (json!({"username": "an na", "password": "x"}), "username"),
        (json!({"username": "x".repeat(65), "password": "x"}), "username"),
        (json!({"username": "anna", "password": ""}), "password"),
        (json!({"username": "anna", "password": "x".repeat(201)}), "password"),
        (json!({"username": "anna", "password": 1_234_567_890}), "password"),
        (json!({"username": 1, "password": "x"}), "username"),
    ];
    for (sent, field) in cases {
        let reply = app.client().post("/operators/login", &sent).expect(400);
        assert_eq!((reply.code(), reply.field()), ("INVALID_REQUEST", field), "{sent}");
        assert!(!reply.text.contains("1234567890"), "a password is not repeated: {}", reply.text);
    }
}

#[test]
fn a_session_ends_after_twelve_hours() {
    let app = TestApp::closed();
    let (one, other) = (app.operator("anna", "steward"), app.session_of("anna"));
    app.clock.advance(TimeDelta::hours(12) - TimeDelta::milliseconds(1));
    one.get("/operators/me").expect(200);
    app.clock.advance(TimeDelta::milliseconds(1));
    assert_over(&other);
}

#[test]
fn logging_out_ends_this_session_only_and_at_once() {
    let app = TestApp::closed();
    let (one, other) = (app.operator("anna", "steward"), app.session_of("anna"));
    one.get("/operators/me").expect(200);
    let reply = one.post_nothing("/operators/logout").expect(204);
    assert_eq!(reply.text, "");
    assert_over(&one);
    other.get("/operators/me").expect(200);
    assert_eq!(one.post_nothing("/operators/logout").verdict(), (401, "OPERATOR_TOKEN_INVALID"));
    let without = app.client().post_nothing("/operators/logout").expect(401);
    assert_eq!(without.code(), "CREDENTIALS_REQUIRED");
    let any = "ApiKey header=\"X-API-Key\", TerminalKey header=\"X-Terminal-Key\", Bearer realm=\"ticketgate\"";
    assert_eq!(without.header("www-authenticate"), Some(any));
}

/// The latest event, as who did it and with whose credentials.
fn latest_event(app: &TestApp) -> Vec<String> {
    let sql = "SELECT principal || ' ' || coalesce(operator, '-') || ' ' || terminal_device_id AS value \
         FROM redemption_events ORDER BY id DESC LIMIT 1";
    lines(&mut app.session(), sql)
}

#[test]
fn a_scan_takes_a_token_a_terminals_key_or_both_and_then_names_both() {
    let app = TestApp::closed();
    let partner = app.new_partner("acme", "");
    let anna = app.operator("anna", "steward");
    let terminal = app.terminal("GATE-1", "cheung-chau");
    let scan = |gate: &Gate, function: &str, qr: &str| gate.scan(qr, function).expect(200).body;
    let qr = partner.token(&partner.ticket());

    let alone = Gate { client: anna.clone(), device: "PHONE-7".to_owned() };
    assert_eq!(scan(&alone, "ferry", &qr)["operator_info"], "anna");
    assert_eq!(latest_event(&app), ["operator:anna anna PHONE-7"]);

    assert_eq!(scan(&terminal, "gift", &qr)["operator_info"], Value::Null);
    assert_eq!(latest_event(&app), ["terminal:GATE-1 - GATE-1"]);

    let client = terminal.client.with_operator(&anna);
    let both = Gate { client, device: "GATE-1".to_owned() };
    assert_eq!(scan(&both, "tokens", &qr)["operator_info"], "anna");
    assert_eq!(latest_event(&app), ["terminal:GATE-1 anna GATE-1"]);
    let elsewhere = Gate { client: both.client, device: "PHONE-7".to_owned() };
    assert_eq!(elsewhere.scan(&qr, "ferry").verdict(), (403, "TERMINAL_DEVICE_MISMATCH"));
}

#[test]
fn a_supervisor_may_undo_and_a_steward_may_not() {
    let app = TestApp::closed();
    let partner = app.new_partner("acme", "");
    let gate = |client| Gate { client, device: "PHONE-7".to_owned() };
    let steward = gate(app.operator("stew", "steward"));
    let supervisor = gate(app.operator("sue", "supervisor"));
    let qr = partner.token(&partner.ticket());
    let redemption = steward.scan(&qr, "ferry").expect(200).text_at("/redemption_id");
    let refused = steward.undo(&redemption).expect(403);
    let text = "failed to allow this: it needs a supervisor";
    assert_eq!(body(&refused), problem_body(403, "Forbidden", "INSUFFICIENT_PERMISSIONS", text));
    supervisor.undo(&redemption).expect(200);
    assert_eq!(latest_event(&app), ["operator:sue sue PHONE-7"]);
    let history = "/venue/analytics/redemptions";
    assert_eq!(steward.client.get(history).status, 403);
    assert_eq!(supervisor.client.get(history).expect(200).body["total"], 2);
    assert_eq!(supervisor.client.get("/admin/operators").status, 403);
}
