//! A new key takes over while servers issue and scan: no code is refused, wherever it was issued.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::support::process::{eventually, run_json};
use crate::support::tables::{lines, number};
use crate::support::{ServerProcess, Site};

/// Ends the others when the test ends, however it does.
struct Stop<'s>(&'s AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sells, issues at one server and scans at each, again and again.
fn go_on(site: &Site, servers: &[ServerProcess], stop: &AtomicBool, done: &AtomicUsize) {
    let partners: Vec<_> = servers.iter().map(|server| site.partner(server)).collect();
    let gates: Vec<_> = servers.iter().map(|server| site.gate(server)).collect();
    for partner in partners.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let token = partner.token(&partner.ticket());
        for gate in &gates {
            gate.look(&token).expect(200);
        }
        gates[0].scan(&token, "ferry").expect(200);
        gates[gates.len() - 1].scan(&token, "gift").expect(200);
        done.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn keys_are_rotated_under_servers_at_work_and_no_code_is_refused() {
    let site = Site::new();
    let servers = site.servers();
    let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    let sealed_by = |key: &str| {
        let keys = lines(&mut site.database.session(), "SELECT key_id AS value FROM qr_codes");
        keys.iter().filter(|one| *one == key).count()
    };
    std::thread::scope(|scope| {
        let stop_at_the_end = Stop(&stop);
        let at_work = scope.spawn(|| go_on(&site, &servers, &stop, &done));
        let sold = |count| {
            eventually("sales", || {
                assert!(!at_work.is_finished(), "a code was refused");
                (done.load(Ordering::Relaxed) >= count).then_some(())
            });
        };
        sold(5);
        let ring = run_json(&site.database, &["keys", "add"]);
        let second = ring[1]["key_id"].as_str().unwrap();
        run_json(&site.database, &["keys", "promote", second]);
        eventually("codes of the new key", || (sealed_by(second) >= 10).then_some(()));
        sold(done.load(Ordering::Relaxed) + 10);
        drop(stop_at_the_end);
        at_work.join().unwrap();
        let first = ring[0]["key_id"].as_str().unwrap();
        assert!(sealed_by(first) >= 5);
    });
}

/// The metric of what the current key has sealed.
fn seals(server: &ServerProcess) -> usize {
    let metrics = server.client().get("/metrics").expect(200).text;
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("ticketgate_state{of=\"seals_of_current_key\"} "));
    line.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap()
}

#[test]
fn a_server_knows_at_its_start_what_a_key_has_sealed_before() {
    let site = Site::new();
    let server = site.serve();
    let partner = site.partner(&server);
    for code in partner.generate(4) {
        partner.token(&code);
    }
    drop(server);
    assert_eq!(number(&mut site.database.session(), "SELECT count(*) AS value FROM qr_codes"), 4);
    let server = site.serve();
    eventually("counting", || (seals(&server) == 4).then_some(()));
    let partner = site.partner(&server);
    partner.token(&partner.ticket());
    assert_eq!(seals(&server), 5);
}
