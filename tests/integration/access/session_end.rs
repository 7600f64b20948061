//! Sessions that an admin ends: on every server, within a second.

use serde_json::json;

use crate::support::test_app::PASSWORD;
use crate::support::{Client, Site, within_a_second};

/// Within a second of now every server knows that the session is over.
#[track_caller]
fn assert_over_within_a_second(change: &str, session: &Client) {
    within_a_second(&format!("the end of the session by {change}"), || {
        let reply = session.get("/operators/me");
        (reply.status != 200).then(|| assert_eq!(reply.verdict(), (401, "OPERATOR_TOKEN_INVALID")))
    });
}

#[test]
fn every_server_ends_sessions_within_a_second_of_a_change_by_command() {
    let site = Site::new();
    let server = site.serve();
    let create = ["create", "anna", "--role", "supervisor", "--password-stdin"];
    site.operator(&create, PASSWORD);
    let changes: [(&[&str], &str); 3] = [
        (&["change", "anna", "--role", "steward"], PASSWORD),
        (&["password", "anna", "--password-stdin"], "a fresh password"),
        (&["disable", "anna"], ""),
    ];
    let mut password = PASSWORD;
    for (change, new_password) in changes {
        let session = server.log_in("anna", password);
        session.get("/operators/me").expect(200);
        site.operator(change, new_password);
        assert_over_within_a_second(change[0], &session);
        password = new_password;
    }
}

#[test]
fn a_change_at_one_server_ends_sessions_at_another() {
    let site = Site::new();
    let servers = site.servers();
    let (one, other) = (&servers[0], servers.last().unwrap());
    for (name, role) in [("anna", "steward"), ("carl", "admin")] {
        let create = ["create", name, "--role", role, "--password-stdin"];
        site.operator(&create, PASSWORD);
    }
    let admin = one.log_in("carl", PASSWORD);
    let mut password = PASSWORD;
    for change in [
        json!({"role": "supervisor"}),
        json!({"password": "a fresh password"}),
        json!({"is_active": false}),
    ] {
        let session = other.log_in("anna", password);
        session.get("/operators/me").expect(200);
        admin.patch("/admin/operators/anna", &change).expect(200);
        assert_over_within_a_second(&change.to_string(), &session);
        if change["password"].is_string() {
            password = "a fresh password";
        }
    }
}
