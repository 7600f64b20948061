//! SIGTERM under load: what is in flight is finished, and the server ends well.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::process::eventually;
use crate::support::tables::{assert_invariants, lines};
use crate::support::{Gate, Reply, ServerProcess, Site};

/// Scans until the server takes no more; every answer is whole, or reading it would have failed.
fn scan_until_closed(
    gate: &Gate,
    tokens: &[(String, String)],
    answers: &AtomicUsize,
) -> Vec<Reply> {
    let mut replies = Vec::new();
    for (_, token) in tokens.iter().cycle().take(10_000) {
        let body = gate.body(token, "ferry", &serde_json::json!({}));
        let Ok(reply) = gate.client.try_post("/venue/scan", &body) else {
            return replies;
        };
        replies.push(reply);
        answers.fetch_add(1, Ordering::Relaxed);
    }
    panic!("the server goes on");
}

/// The answers that twenty terminals had when the server was told to stop in the middle of them.
fn scan_and_stop(site: &Site, server: &ServerProcess, tokens: &[(String, String)]) -> Vec<Reply> {
    let answers = AtomicUsize::new(0);
    let scan = |part: &[(String, String)]| scan_until_closed(&site.gate(server), part, &answers);
    let scan = &scan;
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            tokens.chunks(tokens.len() / 20).map(|part| scope.spawn(move || scan(part))).collect();
        eventually("load", || (answers.load(Ordering::Relaxed) >= 100).then_some(()));
        server.signal("TERM");
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn a_server_that_is_told_to_stop_finishes_what_is_in_flight() {
    let site = Site::new();
    let server = site.serve();
    let tokens = site.tokens(&server, 400);
    let replies = scan_and_stop(&site, &server, &tokens);
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.lines().last().unwrap().ends_with("stopped"), "{log}");
    let mut told = BTreeSet::new();
    for reply in &replies {
        match reply.verdict() {
            (200, "") => assert!(told.insert(reply.text_at("/redemption_id"))),
            verdict => assert_eq!(verdict, (422, "ALREADY_REDEEMED"), "{}", reply.text),
        }
        assert!(reply.text.ends_with('}') && reply.body["ts"].is_string(), "{}", reply.text);
    }
    assert!(told.len() >= 20);
    let mut session = site.database.session();
    let sql = "SELECT id AS value FROM redemption_events WHERE result = 'success'";
    let stored: BTreeSet<String> = lines(&mut session, sql).into_iter().collect();
    assert!(told.is_subset(&stored), "every success that was told is there");
    assert_invariants(&mut session);
}

#[test]
fn an_interrupt_ends_a_server_as_well() {
    let site = Site::new();
    let server = site.serve();
    server.client().get("/readyz").expect(200);
    server.signal("INT");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");
}
