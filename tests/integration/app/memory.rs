//! The server's memory: pages of the usual size, and little of it while much is asked at once.
#![cfg(target_os = "linux")]

use std::fs;

use crate::support::{Gate, Partner, ServerProcess, Site};

/// Connections that scan at once, with a ticket each.
const CONNECTIONS: usize = 256;
/// Orders of so many tickets at once.
const ORDERS: usize = 8;
/// Tickets of an order: as many as it may have.
const QUANTITY: usize = 5000;
/// What may be resident at any moment, in KiB.
const AT_MOST: u64 = 100 * 1024;
/// Threads as on two cores, wherever this runs.
const SIZES: [(&str, &str); 3] =
    [("TICKETGATE_WORKERS", "2"), ("TICKETGATE_DB_POOL", "4"), ("TICKETGATE_DB_LANES", "2")];

/// A number of the process, as Linux tells it.
fn status(server: &ServerProcess, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}:"))).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_server_has_no_huge_pages_made_for_it() {
    let site = Site::new();
    assert_eq!(status(&site.serve(), "THP_enabled"), 0);
}

#[test]
fn scans_over_256_connections_and_eight_large_orders_take_less_than_100_mib() {
    let site = Site::new();
    let server = site.serve_with(&SIZES);
    let tokens = site.tokens(&server, CONNECTIONS);
    // Each has a connection, which stays open.
    let gates: Vec<Gate> = tokens.iter().map(|_| site.gate(&server)).collect();
    let partners: Vec<Partner> = (0..ORDERS).map(|_| site.partner(&server)).collect();
    std::thread::scope(|scope| {
        for (gate, (_, token)) in gates.iter().zip(&tokens) {
            scope.spawn(move || gate.scan(token, "ferry").expect(200));
        }
        for partner in &partners {
            scope.spawn(move || assert_eq!(partner.generate(QUANTITY).len(), QUANTITY));
        }
    });
    let most = status(&server, "VmHWM");
    assert!(most < AT_MOST, "{most} KiB were resident");
}
