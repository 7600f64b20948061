//! Whoever is not known here causes no work for the database where that is not needed.

use std::sync::{Arc, Barrier};

use serde_json::json;
use ticketgate::db::DbError;

use crate::support::TestApp;
use crate::support::socket::exchange;

/// Runs something while no thread of the database has time.
fn while_the_database_is_busy<T>(app: &TestApp, work: impl FnOnce() -> T) -> T {
    let threads = app.database.settings().pool.max(1);
    let (begun, over) = (Arc::new(Barrier::new(threads + 1)), Arc::new(Barrier::new(threads + 1)));
    let busy: Vec<_> = (0..threads)
        .map(|_| {
            let (db, begun, over) = (app.app.db.clone(), Arc::clone(&begun), Arc::clone(&over));
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                let wait = db.read(move |_| {
                    begun.wait();
                    over.wait();
                    Ok::<(), DbError>(())
                });
                runtime.block_on(wait).unwrap();
            })
        })
        .collect();
    begun.wait();
    let result = work();
    over.wait();
    for thread in busy {
        thread.join().unwrap();
    }
    result
}

#[test]
fn what_is_for_anybody_is_answered_without_a_look_at_the_key() {
    let app = TestApp::closed();
    let mut unknown = app.new_partner("acme", "").client.header("X-API-Key");
    let other = if unknown.pop() == Some('a') { 'b' } else { 'a' };
    unknown.push(other);
    let status = |path: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {unknown}\r\n");
        let answer = exchange(&app.base, format!("{head}Connection: close\r\n\r\n").as_bytes());
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    let paths = [
        ("/healthz", 200),
        ("/.well-known/ticketgate-keys.json", 200),
        ("/openapi.json", 200),
        ("/docs/", 200),
        ("/metrics", 200),
        ("/no/such/page", 404),
        ("/api/no/such/page", 404),
        ("/venue/scan", 405),
    ];
    let answers = while_the_database_is_busy(&app, || paths.map(|(path, _)| status(path)));
    assert_eq!(answers, paths.map(|(_, status)| status.to_string()));
    assert_eq!(status("/venue"), "401");
}

#[test]
fn all_who_ask_within_a_second_share_one_look_at_the_database() {
    let app = TestApp::closed();
    assert_eq!(app.client().get("/readyz").expect(200).body, json!({"status": "ready"}));
    let request = b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = while_the_database_is_busy(&app, || exchange(&app.base, request));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}
