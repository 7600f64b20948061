//! Several server processes over one PostgreSQL, which on SQLite are one.

use std::sync::Barrier;

use serde_json::json;

use crate::support::tables::assert_invariants;
use crate::support::{Gate, Reply, ServerProcess, Site};

/// Sends these scans at the same moment, spread over the servers, each over a connection of its own.
fn at_once(site: &Site, servers: &[ServerProcess], scans: &[(String, &str)]) -> Vec<Reply> {
    let start = Barrier::new(scans.len());
    let gates: Vec<Gate> =
        servers.iter().cycle().take(scans.len()).map(|server| site.gate(server)).collect();
    let scan = |gate: &Gate, token: &str, function: &str| {
        start.wait();
        gate.scan(token, function)
    };
    let scan = &scan;
    std::thread::scope(|scope| {
        let pairs = gates.iter().zip(scans);
        let threads: Vec<_> = pairs
            .map(|(gate, (token, function))| scope.spawn(move || scan(gate, token, function)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[track_caller]
fn assert_one_success(replies: &[Reply]) {
    let successes = replies.iter().filter(|reply| reply.status == 200).count();
    let refusals =
        replies.iter().filter(|reply| reply.verdict() == (422, "ALREADY_REDEEMED")).count();
    assert_eq!((successes, refusals), (1, replies.len() - 1));
}

#[test]
fn of_100_scans_of_one_code_over_all_servers_one_succeeds() {
    let site = Site::new();
    let servers = site.servers();
    let (_, token) = site.tokens(&servers[0], 1).remove(0);
    let scans = vec![(token, "ferry"); 100];
    assert_one_success(&at_once(&site, &servers, &scans));
    assert_invariants(&mut site.database.session());
}

#[test]
fn scans_of_many_tickets_over_all_servers_lose_no_count_and_block_nobody() {
    let site = Site::new();
    let servers = site.servers();
    let tokens = site.tokens(&servers[0], 10);
    let twice =
        tokens.iter().flat_map(|(_, token)| [(token.clone(), "ferry"), (token.clone(), "gift")]);
    let scans: Vec<_> = twice.cycle().take(80).collect();
    let replies = at_once(&site, &servers, &scans);
    for scan in &scans[..20] {
        let of_scan = replies.iter().zip(&scans).filter(|(_, other)| *other == scan);
        assert_one_success(&of_scan.map(|(reply, _)| reply.clone()).collect::<Vec<_>>());
    }
    let mut session = site.database.session();
    assert_invariants(&mut session);
    let used = "SELECT count(*) AS value FROM tickets WHERE status = 'USED'";
    assert_eq!(crate::support::tables::number(&mut session, used), 10);
}

#[test]
fn orders_over_all_servers_number_their_tickets_without_gap_or_repeat() {
    let site = Site::new();
    let servers = site.servers();
    let start = Barrier::new(12);
    let order = |server: &ServerProcess| {
        start.wait();
        site.partner(server).generate(7)
    };
    let order = &order;
    let mut codes: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = servers
            .iter()
            .cycle()
            .take(12)
            .map(|server| scope.spawn(move || order(server)))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    codes.sort();
    let sequence = |code: &String| code.rsplit('-').next().unwrap().parse::<usize>().unwrap();
    assert_eq!(codes.iter().map(sequence).collect::<Vec<_>>(), (1..=84).collect::<Vec<_>>());
}

#[test]
fn one_order_sent_to_all_servers_at_once_is_made_once() {
    let site = Site::new();
    let servers = site.servers();
    let start = Barrier::new(8);
    let order = |server: &ServerProcess| {
        start.wait();
        let body = json!({"product_id": 106, "quantity": 600, "batch_id": "ONCE"});
        site.partner(server).order(&body)
    };
    let order = &order;
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let threads: Vec<_> = servers
            .iter()
            .cycle()
            .take(8)
            .map(|server| scope.spawn(move || order(server)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert!(replies.iter().all(|reply| reply.body == replies[0].body));
    assert_eq!(replies[0].body["total_generated"], 600);
}
