//! Operators' own change of their password.

use serde_json::json;

use crate::support::tables::lines;
use crate::support::test_app::PASSWORD;
use crate::support::{Client, Reply, TestApp};

fn change(client: &Client, current: &str, new: &str) -> Reply {
    let body = json!({"current_password": current, "new_password": new});
    client.post("/operators/password", &body)
}

#[test]
fn a_changed_password_ends_the_other_sessions_and_the_old_one_no_longer_does() {
    let app = TestApp::closed();
    let (here, elsewhere) = (app.operator("anna", "steward"), app.session_of("anna"));
    let other = app.operator("bob", "steward");
    elsewhere.get("/operators/me").expect(200);
    let reply = change(&here, PASSWORD, "another password").expect(204);
    assert_eq!(reply.text, "");
    here.get("/operators/me").expect(200);
    other.get("/operators/me").expect(200);
    assert_eq!(elsewhere.get("/operators/me").verdict(), (401, "OPERATOR_TOKEN_INVALID"));
    assert_eq!(app.log_in("anna", PASSWORD).verdict(), (401, "INVALID_LOGIN"));
    app.log_in("anna", "another password").expect(200);
    let log = "SELECT principal || ' ' || action || ' ' || subject || coalesce(before_json, '') \
         || coalesce(after_json, '') AS value FROM audit_log WHERE action = 'operator.password'";
    assert_eq!(lines(&mut app.session(), log), ["operator:anna operator.password anna"]);
}

#[test]
fn a_new_password_that_is_none_is_refused_and_its_field_named() {
    let app = TestApp::closed();
    let anna = app.operator("anna", "steward");
    for (new, problem) in [
        ("too short".to_owned(), "must have 10 to 200 characters, not 9"),
        ("x".repeat(201), "must have 10 to 200 characters, not 201"),
        ("tabs\tare not text".to_owned(), "must not contain control characters"),
    ] {
        let reply = change(&anna, PASSWORD, &new).expect(400);
        let expected = json!([{"field": "new_password", "problem": problem}]);
        assert_eq!(reply.body["errors"], expected);
    }
    assert_eq!(change(&anna, "", "another password").expect(400).field(), "current_password");
}

#[test]
fn guesses_of_the_current_password_count_as_failed_log_ins() {
    let app = TestApp::closed();
    let anna = app.operator("anna", "steward");
    for _ in 0..3 {
        let reply = change(&anna, "a wrong guess", "another password");
        assert_eq!(reply.verdict(), (401, "INVALID_LOGIN"));
    }
    for _ in 0..2 {
        assert_eq!(app.log_in("anna", "a wrong guess").verdict(), (401, "INVALID_LOGIN"));
    }
    let reply = change(&anna, PASSWORD, "another password");
    assert_eq!(reply.verdict(), (429, "LOGIN_LOCKED"));
    assert_eq!(reply.header("retry-after"), Some("60"));
    anna.get("/operators/me").expect(200);
}
