//! A key that is revoked, and the keys of a partner that is disabled, are refused within a second by every server.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::process::{command, run_json};
use crate::support::{Client, Site, within_a_second};

fn is_taken(client: &Client) -> bool {
    match client.get("/venue").verdict() {
        (200, "") => true,
        verdict => {
            assert_eq!(verdict, (401, "INVALID_API_KEY"));
            false
        }
    }
}

/// Runs a command while every server is asked again and again with a key, so that each has it in memory; within a
/// second of the command's end each must refuse it.
fn assert_refused_within_a_second(site: &Site, clients: &[Client], arguments: &[&str]) {
    let is_over = AtomicBool::new(false);
    let ask = |client: &Client| {
        while !is_over.load(Ordering::Acquire) {
            is_taken(client);
        }
        within_a_second("the end of the key", || (!is_taken(client)).then_some(()));
    };
    let ask = &ask;
    std::thread::scope(|scope| {
        for client in clients {
            scope.spawn(move || ask(client));
        }
        let done = command(&site.database, arguments).output();
        is_over.store(true, Ordering::Release);
        assert!(done.unwrap().status.success());
    });
}

#[test]
fn a_revoked_key_is_refused_within_a_second_by_every_server() {
    let site = Site::new();
    let servers = site.servers();
    let made = run_json(&site.database, &["api-key", "create", "acme"]);
    let api_key = made["api_key"].as_str().unwrap();
    let clients: Vec<Client> =
        servers.iter().map(|server| server.client().with("X-API-Key", api_key)).collect();
    assert!(clients.iter().all(is_taken));
    let prefix = made["key_prefix"].as_str().unwrap();
    assert_refused_within_a_second(&site, &clients, &["api-key", "revoke", prefix]);
    assert!(!clients.iter().any(is_taken));
    for server in &servers {
        assert!(is_taken(&site.partner(server).client), "the partner's other key goes on");
    }
}

#[test]
fn the_keys_of_a_disabled_partner_are_refused_within_a_second_by_every_server() {
    let site = Site::new();
    let servers = site.servers();
    let clients: Vec<Client> = servers.iter().map(|server| site.partner(server).client).collect();
    assert!(clients.iter().all(is_taken));
    assert_refused_within_a_second(&site, &clients, &["partner", "disable", "acme"]);
    run_json(&site.database, &["partner", "enable", "acme"]);
    assert!(clients.iter().all(is_taken), "a refusal is not remembered");
}
