//! Many terminals at once: what counts is what they are told.

use std::sync::Barrier;

use serde_json::json;

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

#[test]
fn of_two_codes_with_one_use_left_the_newer_one_has_it() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let (old, new) = (app.partner().token(&code), app.partner().token(&code));
    let scans: Vec<_> = (0..20)
        .map(|n| (app.gate(), if n % 2 == 0 { old.clone() } else { new.clone() }, "ferry"))
        .collect();
    let expected = vec![
        (200, String::new(), 1),
        (422, "ALREADY_REDEEMED".to_owned(), 9),
        (422, "QR_SUPERSEDED".to_owned(), 10),
    ];
    assert_eq!(tally(&at_once(&scans)), expected);
    assert_invariants(&mut app.session());
}

#[test]
fn a_scan_and_a_new_code_at_once_give_the_one_use_once() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    for code in partner.generate(20) {
        let old = partner.token(&code);
        let start = Barrier::new(2);
        let (with_old, with_new) = std::thread::scope(|scope| {
            let scanned = scope.spawn(|| {
                start.wait();
                gate.scan(&old, "ferry")
            });
            start.wait();
            let new = partner.token(&code);
            (scanned.join().unwrap(), gate.scan(&new, "ferry"))
        });
        match with_old.status {
            200 => assert_eq!(with_new.verdict(), (422, "NO_REMAINING")),
            _ => assert_eq!((with_old.verdict(), with_new.status), ((422, "QR_SUPERSEDED"), 200)),
        }
    }
    assert_invariants(&mut app.session());
}

#[test]
fn two_gates_that_each_get_a_new_code_share_the_uses_that_remain() {
    let app = TestApp::demo();
    let (partner, gate) = (app.partner(), app.gate());
    for code in partner.generate_of(108, 10) {
        // One of the two ferry rides is left.
        gate.scan(&partner.token(&code), "ferry").expect(200);
        let start = Barrier::new(2);
        let issue_and_scan = || {
            start.wait();
            let token = partner.token(&code);
            gate.scan(&token, "ferry")
        };
        let replies = std::thread::scope(|scope| {
            let other = scope.spawn(issue_and_scan);
            [issue_and_scan(), other.join().unwrap()]
        });
        let mut verdicts = replies.each_ref().map(Reply::verdict);
        verdicts.sort_unstable();
        assert_eq!(verdicts[0], (200, ""));
        assert!(matches!(verdicts[1], (422, "NO_REMAINING" | "QR_SUPERSEDED")), "{verdicts:?}");
    }
    assert_invariants(&mut app.session());
}

#[test]
fn one_scan_id_sent_many_times_at_once_gets_one_answer() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    let start = Barrier::new(20);
    let scan = || {
        start.wait();
        app.gate().scan_with(&token, "ferry", &json!({"scan_id": "s-1"}))
    };
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(scan)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(tally(&replies), [(200, String::new(), 20)]);
    let first_told = replies.iter().filter(|reply| reply.body.get("replayed").is_none());
    assert_eq!(first_told.count(), 1);
    let id = &replies[0].body["redemption_id"];
    assert!(replies.iter().all(|reply| reply.body["redemption_id"] == *id));
    assert_eq!(app.gate().history(&code).len(), 1);
    assert_invariants(&mut app.session());
}
