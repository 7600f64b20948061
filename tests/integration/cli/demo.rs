//! `demo`, and that a demo's database and a real one are never mistaken.

use std::process::Command;

use crate::support::process::{command, failure};
use crate::support::{Gate, Partner, ServerProcess, Site, TestDatabase};

fn demo(database: &TestDatabase) -> Command {
    command(database, &["demo", "--port", "0"])
}

#[test]
fn a_demo_starts_from_nothing_and_goes_on_with_what_it_has() {
    let database = TestDatabase::empty();
    let server = ServerProcess::spawn(demo(&database));
    let partner = Partner { client: server.client().with("X-API-Key", "ota_test_key_12345") };
    let token = partner.token(&partner.ticket());
    let gate = Gate { client: server.client(), device: "TERMINAL-CP-001".to_owned() };
    gate.scan(&token, "ferry").expect(200);
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");
    let server = ServerProcess::spawn(demo(&database));
    let client = server.client().with("X-Terminal-Key", "terminal_test_key_12345");
    let gate = Gate { client, device: "TERMINAL-CP-001".to_owned() };
    assert_eq!(gate.scan(&token, "ferry").verdict(), (422, "ALREADY_REDEEMED"));
    let body = serde_json::json!({"username": "demo", "password": "demo-password"});
    let logged_in = server.client().post("/operators/login", &body).expect(200);
    assert_eq!(logged_in.body["operator"]["role"], "admin");
}

#[test]
fn a_demo_refuses_a_real_database() {
    let site = Site::new();
    let expected = "ticketgate: failed to open this database: it is not a demo's; give demo a \
         --data-dir or DATABASE_URL of its own";
    assert_eq!(failure(demo(&site.database)), expected);
    site.serve();
}

#[test]
fn a_demos_database_is_refused_for_real() {
    let database = TestDatabase::empty();
    drop(ServerProcess::spawn(demo(&database)));
    let expected = "ticketgate: failed to open this database: it belongs to a demo; give another \
         --data-dir or DATABASE_URL";
    let serve = ["serve", "--bind", "127.0.0.1:0"];
    for arguments in [&serve[..], &["partner", "create", "acme"], &["venue", "list"]] {
        assert_eq!(failure(command(&database, arguments)), expected, "{arguments:?}");
    }
}

#[test]
fn a_demo_listens_on_this_machine_only() {
    let database = TestDatabase::empty();
    for address in ["0.0.0.0", "::", "10.1.2.3"] {
        let expected = format!(
            "ticketgate: failed to start a demo on {address}: a demo lets everybody in and listens \
             on this machine only"
        );
        assert_eq!(failure(command(&database, &["demo", "--bind", address])), expected);
    }
    let mut settings = command(&database, &["demo", "--port", "0"]);
    settings.env("TICKETGATE_BIND", "0.0.0.0:0");
    let server = ServerProcess::spawn(settings);
    assert!(server.base.starts_with("http://localhost:"), "{}", server.base);
    let mut local = command(&database, &["demo", "--port", "0", "--bind", "127.0.0.2"]);
    drop(server);
    local.env("TICKETGATE_LOG", "off");
    drop(ServerProcess::spawn(local));
}
