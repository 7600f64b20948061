//! Who loses their rights while the body of their request arrives, does nothing with it.

use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::socket::{connect, pause, read_answer};
use crate::support::tables::{number, run};
use crate::support::test_app::PASSWORD;
use crate::support::{TestApp, masked};

/// Sends the head and half of the body, then does something to the sender, and sends the rest once the sender is known
/// nowhere any more. Gives the status and the body of the answer.
fn send_slowly(
    app: &TestApp,
    (path, credentials): (&str, &str),
    body: &Value,
    meanwhile: impl FnOnce(),
) -> (String, Value) {
    let body = body.to_string();
    let (first, rest) = body.split_at(body.len() / 2);
    let mut socket = connect(&app.base);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\n{credentials}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{first}",
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    pause(&mut socket, Duration::from_millis(500));
    meanwhile();
    pause(&mut socket, Duration::from_secs(1));
    socket.write_all(rest.as_bytes()).unwrap();
    let answer = read_answer(&mut socket).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().to_owned();
    (status, masked(&serde_json::from_str(body).unwrap(), &["/request_id"]))
}

fn new_operator(username: &str) -> Value {
    json!({"username": username, "role": "admin", "password": PASSWORD})
}

fn unauthorized(code: &str, detail: &str) -> Value {
    json!({"type": format!("urn:ticketgate:problem:{}", code.to_lowercase().replace('_', "-")),
           "title": "Unauthorized", "status": 401, "detail": detail, "message": detail,
           "error": code, "request_id": "*"})
}

fn operators(app: &TestApp) -> i64 {
    number(&mut app.session(), "SELECT COUNT(*) AS value FROM operators")
}

#[test]
fn an_admin_who_is_disabled_meanwhile_makes_no_operator() {
    let app = TestApp::closed();
    let token = format!("Authorization: {}", app.operator("carl", "admin").header("Authorization"));
    let end = || {
        let sql =
            "UPDATE operators SET disabled_at = '2026-11-21 02:00:00' WHERE username = 'carl'";
        run(&mut app.session(), sql);
    };
    let (status, body) =
        send_slowly(&app, ("/admin/operators", &token), &new_operator("mallory"), end);
    assert_eq!(status, "401");
    assert_eq!(body["error"], "OPERATOR_TOKEN_INVALID");
    let detail = body["detail"].as_str().unwrap();
    assert_eq!(body, unauthorized("OPERATOR_TOKEN_INVALID", detail));
    assert_eq!(operators(&app), 1);
}

#[test]
fn an_admin_who_is_made_a_steward_meanwhile_makes_no_operator() {
    let app = TestApp::closed();
    let token = format!("Authorization: {}", app.operator("carl", "admin").header("Authorization"));
    let end = || {
        let sql = "UPDATE operators SET role = 'steward' WHERE username = 'carl'";
        run(&mut app.session(), sql);
    };
    let (status, body) =
        send_slowly(&app, ("/admin/operators", &token), &new_operator("mallory"), end);
    assert_eq!((status.as_str(), &body["error"]), ("403", &json!("INSUFFICIENT_PERMISSIONS")));
    assert_eq!(operators(&app), 1);
}

#[test]
fn a_terminal_whose_rights_change_meanwhile_asks_again() {
    let app = TestApp::closed();
    let (partner, gate) = (app.new_partner("acme", ""), app.terminal("GATE-SLOW", "central-pier"));
    let key = format!("X-Terminal-Key: {}", gate.client.header("X-Terminal-Key"));
    let token = partner.token(&partner.ticket());
    let scan = gate.body(&token, "ferry", &json!({}));
    let narrow = || {
        let sql = "UPDATE terminals SET functions = 'gift' WHERE terminal_device_id = 'GATE-SLOW'";
        run(&mut app.session(), sql);
    };
    let (status, body) = send_slowly(&app, ("/venue/scan", &key), &scan, narrow);
    assert_eq!((status.as_str(), &body["error"]), ("503", &json!("UNAVAILABLE")));
    let revoke = || {
        let sql = "UPDATE terminals SET revoked_at = '2026-11-21 02:00:00' \
            WHERE terminal_device_id = 'GATE-SLOW'";
        run(&mut app.session(), sql);
    };
    let (status, body) = send_slowly(&app, ("/venue/scan", &key), &scan, revoke);
    assert_eq!((status.as_str(), &body["error"]), ("401", &json!("INVALID_TERMINAL_KEY")));
    let redemptions = number(&mut app.session(), "SELECT COUNT(*) AS value FROM redemption_events");
    assert_eq!(redemptions, 0);
}

#[test]
fn whoever_keeps_their_rights_may_be_slow() {
    let app = TestApp::closed();
    let token = format!("Authorization: {}", app.operator("carl", "admin").header("Authorization"));
    let (status, body) =
        send_slowly(&app, ("/admin/operators", &token), &new_operator("anna"), || {});
    assert_eq!((status.as_str(), &body["username"]), ("201", &json!("anna")));
    assert_eq!(operators(&app), 2);
}
