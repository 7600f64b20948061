//! A key that is revoked, and the keys of a partner that is disabled, are refused within a second by every server.

use std::sync::OnceLock;
use std::time::Duration;

use ticketgate::kernel::Stopwatch;

use crate::support::database::is_postgres;
use crate::support::process::{eventually, run_json};
use crate::support::{Client, ServerProcess, Site};

/// As many servers as the database takes.
fn servers(site: &Site) -> Vec<ServerProcess> {
    (0..if is_postgres() { 2 } else { 1 }).map(|_| site.serve()).collect()
}

fn is_taken(client: &Client) -> bool {
    match client.get("/venue").verdict() {
        (200, "") => true,
        verdict => {
            assert_eq!(verdict, (401, "INVALID_API_KEY"));
            false
        }
    }
}

/// Runs a command while every server is asked again and again with a key, so that each has it in memory; gives how
/// long after the command's end each refused it first.
fn refused_after(site: &Site, clients: &[Client], arguments: &[&str]) -> Vec<Duration> {
    let answered: OnceLock<Stopwatch> = OnceLock::new();
    let first_refusal = |client: &Client| {
        eventually("a refusal", || (!is_taken(client)).then_some(()));
        answered.get().map_or(Duration::ZERO, Stopwatch::elapsed)
    };
    let first_refusal = &first_refusal;
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            clients.iter().map(|client| scope.spawn(move || first_refusal(client))).collect();
        run_json(&site.database, arguments);
        assert!(answered.set(Stopwatch::start()).is_ok());
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn a_revoked_key_is_refused_within_a_second_by_every_server() {
    let site = Site::new();
    let servers = servers(&site);
    let made = run_json(&site.database, &["api-key", "create", "acme"]);
    let api_key = made["api_key"].as_str().unwrap();
    let clients: Vec<Client> =
        servers.iter().map(|server| server.client().with("X-API-Key", api_key)).collect();
    assert!(clients.iter().all(is_taken));
    let prefix = made["key_prefix"].as_str().unwrap();
    for elapsed in refused_after(&site, &clients, &["api-key", "revoke", prefix]) {
        assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
    }
    assert!(!clients.iter().any(is_taken));
    for server in &servers {
        assert!(is_taken(&site.partner(server).client), "the partner's other key goes on");
    }
}

#[test]
fn the_keys_of_a_disabled_partner_are_refused_within_a_second_by_every_server() {
    let site = Site::new();
    let servers = servers(&site);
    let clients: Vec<Client> = servers.iter().map(|server| site.partner(server).client).collect();
    assert!(clients.iter().all(is_taken));
    for elapsed in refused_after(&site, &clients, &["partner", "disable", "acme"]) {
        assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
    }
    run_json(&site.database, &["partner", "enable", "acme"]);
    assert!(clients.iter().all(is_taken), "a refusal is not remembered");
}
