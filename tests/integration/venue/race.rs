//! Many terminals at once: what counts is what they are told.

use std::sync::Barrier;

use crate::support::tables::assert_invariants;
use crate::support::{Gate, Reply, TestApp};

/// Sends these scans at the same moment, each over a connection of its own.
pub fn at_once(scans: &[(Gate, String, &str)]) -> Vec<Reply> {
    let start = Barrier::new(scans.len());
    let scan = |(gate, token, function): &(Gate, String, &str)| {
        start.wait();
        gate.scan(token, function)
    };
    let scan = &scan;
    std::thread::scope(|scope| {
        let threads: Vec<_> = scans.iter().map(|one| scope.spawn(move || scan(one))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// How many answers were of each status and reason.
pub fn tally(replies: &[Reply]) -> Vec<(u16, String, usize)> {
    let mut tally: Vec<(u16, String, usize)> = Vec::new();
    for (status, code) in replies.iter().map(Reply::verdict) {
        match tally.iter_mut().find(|(s, c, _)| *s == status && c == code) {
            Some((_, _, count)) => *count += 1,
            None => tally.push((status, code.to_owned(), 1)),
        }
    }
    tally.sort();
    tally
}

#[test]
fn of_200_scans_of_one_code_at_once_one_succeeds() {
    let app = TestApp::demo();
    let token = app.partner().token(&app.partner().ticket());
    let scans: Vec<_> = (0..200)
        .map(|n| (Gate { device: format!("GATE-{n}"), ..app.gate() }, token.clone(), "ferry"))
        .collect();
    let replies = at_once(&scans);
    let expected = vec![(200, String::new(), 1), (422, "ALREADY_REDEEMED".to_owned(), 199)];
    assert_eq!(tally(&replies), expected);
    assert_invariants(&mut app.session());
}

#[test]
fn three_functions_of_one_ticket_at_once_all_succeed() {
    let app = TestApp::demo();
    let codes = app.partner().generate(20);
    for code in codes {
        let token = app.partner().token(&code);
        let scans = ["ferry", "gift", "tokens"].map(|f| (app.gate(), token.clone(), f));
        assert_eq!(tally(&at_once(&scans)), [(200, String::new(), 3)]);
    }
    assert_invariants(&mut app.session());
}
