//! Sessions that an admin ends: on every server, within a second.

use std::time::Duration;

use serde_json::json;
use ticketgate::kernel::Stopwatch;

use crate::support::database::is_postgres;
use crate::support::test_app::PASSWORD;
use crate::support::{Client, ServerProcess, Site};

/// A client of an operator who is logged in at a server.
fn session_at(server: &ServerProcess, name: &str, password: &str) -> Client {
    let body = json!({"username": name, "password": password});
    let token =
        server.client().post("/operators/login", &body).expect(200).text_at("/operator_token");
    server.client().with("Authorization", &format!("Bearer {token}"))
}

/// Asks until the session is refused: within a second of now every server knows that it is over.
#[track_caller]
fn assert_over_within_a_second(what: &str, client: &Client) {
    let watch = Stopwatch::start();
    loop {
        let asked_after = watch.elapsed();
        let status = client.get("/operators/me").status;
        if status == 401 {
            return;
        }
        assert_eq!(status, 200);
        assert!(asked_after < Duration::from_secs(1), "{what}: let in after {asked_after:?}");
    }
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
        let session = session_at(&server, "anna", password);
        session.get("/operators/me").expect(200);
        site.operator(change, new_password);
        assert_over_within_a_second(change[0], &session);
        password = new_password;
    }
}

#[test]
fn a_change_at_one_server_ends_sessions_at_another() {
    let site = Site::new();
    let servers: Vec<ServerProcess> =
        (0..if is_postgres() { 2 } else { 1 }).map(|_| site.serve()).collect();
    let (one, other) = (&servers[0], servers.last().unwrap());
    for (name, role) in [("anna", "steward"), ("carl", "admin")] {
        let create = ["create", name, "--role", role, "--password-stdin"];
        site.operator(&create, PASSWORD);
    }
    let admin = session_at(one, "carl", PASSWORD);
    let mut password = PASSWORD;
    for change in [
        json!({"role": "supervisor"}),
        json!({"password": "a fresh password"}),
        json!({"is_active": false}),
    ] {
        let session = session_at(other, "anna", password);
        session.get("/operators/me").expect(200);
        admin.patch("/admin/operators/anna", &change).expect(200);
        assert_over_within_a_second(&change.to_string(), &session);
        if change["password"].is_string() {
            password = "a fresh password";
        }
    }
}
