//! A server that is killed under load: what was answered is there, and what was not is found out by asking again.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::support::process::eventually;
use crate::support::tables::{assert_invariants, lines};
use crate::support::{Gate, Reply, ServerProcess, Site};

/// A scan as its terminal remembers it: the token, the scan's own id, and the answer, if there was one.
struct Sent {
    token: String,
    scan_id: String,
    answer: Option<Reply>,
}

fn send(gate: &Gate, token: &str, scan_id: &str) -> Option<Reply> {
    let body = gate.body(token, "ferry", &json!({"scan_id": scan_id}));
    gate.client.try_post("/venue/scan", &body).ok()
}

/// Scans these tokens one after the other until the server is gone.
fn scan_until_gone(
    gate: &Gate,
    tokens: &[String],
    scanner: usize,
    answers: &AtomicUsize,
) -> Vec<Sent> {
    let mut log = Vec::new();
    for (number, token) in tokens.iter().enumerate() {
        let scan_id = format!("{scanner}-{number}");
        let answer = send(gate, token, &scan_id);
        let is_gone = answer.is_none();
        log.push(Sent { token: token.clone(), scan_id, answer });
        if is_gone {
            break;
        }
        answers.fetch_add(1, Ordering::Relaxed);
    }
    log
}

/// What the terminals know when the server has been killed behind so many answers. Each token is scanned by two.
fn scan_and_kill(
    site: &Site,
    server: ServerProcess,
    tokens: &[String],
    kill_at: usize,
) -> Vec<Sent> {
    let answers = AtomicUsize::new(0);
    let (count, start) = (&answers, &server);
    let scanner =
        |number: usize, part: &[String]| scan_until_gone(&site.gate(start), part, number, count);
    let scanner = &scanner;
    let logs: Vec<Sent> = std::thread::scope(|scope| {
        let parts =
            tokens.chunks(tokens.len().div_ceil(6)).chain(tokens.chunks(tokens.len().div_ceil(6)));
        let threads: Vec<_> = parts
            .enumerate()
            .map(|(number, part)| scope.spawn(move || scanner(number, part)))
            .collect();
        eventually("load", || (answers.load(Ordering::Relaxed) >= kill_at).then_some(()));
        start.signal("KILL");
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    server.kill();
    logs
}

/// Every event of the ledger by its scan id: what it was, and its own id where it was a success.
fn ledger(site: &Site) -> HashMap<String, String> {
    let rows = lines(
        &mut site.database.session(),
        "SELECT scan_id || ' ' || CASE result WHEN 'success' THEN id ELSE reason END AS value FROM redemption_events",
    );
    let split = |row: &String| {
        let (scan_id, what) = row.split_once(' ').unwrap();
        (scan_id.to_owned(), what.to_owned())
    };
    let by_id: HashMap<String, String> = rows.iter().map(split).collect();
    assert_eq!(by_id.len(), rows.len(), "a scan has one row");
    by_id
}

/// An answer in the words of the ledger.
fn told(answer: &Reply) -> String {
    match answer.status {
        200 => answer.text_at("/redemption_id"),
        _ => answer.clone().expect(422).text_at("/reason"),
    }
}

#[test]
fn no_answered_success_is_lost_in_a_crash() {
    let site = Site::new();
    let server = site.serve();
    let tokens: Vec<String> =
        site.tokens(&server, 240).into_iter().map(|(_, token)| token).collect();
    let mut sent = scan_and_kill(&site, server, &tokens, 120);
    let answered = sent.iter().filter(|one| one.answer.is_some()).count();
    assert!((120..480).contains(&answered), "killed in the middle, at {answered}");

    let server = site.serve();
    let before = ledger(&site);
    for one in sent.iter().filter(|one| one.answer.is_some()) {
        let told = told(one.answer.as_ref().unwrap());
        assert_eq!(before.get(&one.scan_id), Some(&told), "answered, so it is there");
    }
    let unheard = before.len() - answered;
    assert!(unheard <= sent.len() - answered, "a row without an answer has a scan without one");

    // Every scan again: who had an answer gets the same, and who had none now learns it.
    let gate = site.gate(&server);
    for one in &mut sent {
        let again = send(&gate, &one.token, &one.scan_id).unwrap();
        let was_stored = before.contains_key(&one.scan_id);
        assert_eq!(again.body.get("replayed").is_some(), was_stored, "{}", again.text);
        if let Some(first) = &one.answer {
            assert_eq!(told(first), told(&again));
        }
        one.answer = Some(again);
    }
    let after = ledger(&site);
    assert_eq!(after.len(), sent.len(), "a row for each scan and none besides");
    let successes: BTreeSet<&str> = sent
        .iter()
        .filter(|one| one.answer.as_ref().unwrap().status == 200)
        .map(|one| one.token.as_str())
        .collect();
    let of_two = sent.iter().map(|one| one.token.as_str()).collect::<BTreeSet<_>>();
    assert_eq!(successes, of_two, "each token that was sent opened once");
    let count = sent.iter().filter(|one| one.answer.as_ref().unwrap().status == 200).count();
    assert_eq!(count, successes.len());
    assert_invariants(&mut site.database.session());
}
