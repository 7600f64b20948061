//! Guessing: how often it may be tried, that it tells nothing, and that it is in nobody else's way.

use std::io::Write;
use std::sync::Barrier;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use socket2::SockRef;
use ticketgate::access::prune_log_ins;
use ticketgate::db::Session;
use ticketgate::kernel::{Clock, Stopwatch};

use crate::support::database::is_postgres;
use crate::support::process::eventually;
use crate::support::socket::connect;
use crate::support::tables::{lines, number, run};
use crate::support::test_app::PASSWORD;
use crate::support::{Client, Reply, Site, TestApp, masked, problem_body};

const WRONG: &str = "a wrong guess";

/// Everything of an answer that could tell one name from another.
fn told(reply: &Reply) -> (u16, Value, Option<String>) {
    let retry_after = reply.header("retry-after").map(str::to_owned);
    (reply.status, masked(&reply.body, &["/request_id"]), retry_after)
}

#[track_caller]
fn assert_refused(app: &TestApp, name: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(app.log_in(name, WRONG).verdict(), (401, "INVALID_LOGIN"), "{name}");
    }
}

/// Tries with a name that must be locked; gives Retry-After.
#[track_caller]
fn locked_for(app: &TestApp, name: &str, password: &str) -> String {
    let reply = app.log_in(name, password);
    assert_eq!(reply.verdict(), (429, "LOGIN_LOCKED"), "{name}");
    reply.header("retry-after").unwrap().to_owned()
}

#[test]
fn five_failures_lock_a_name_for_a_growing_while_whether_it_is_known_or_not() {
    let app = TestApp::closed();
    app.new_operator("anna", "steward");
    for name in ["anna", "nobody"] {
        assert_refused(&app, name, 5);
    }
    let (known, unknown) = (app.log_in("anna", WRONG), app.log_in("nobody", WRONG));
    let text = "failed to check the password: too many tries with this name have failed; wait \
         for as long as Retry-After says";
    let body = problem_body(429, "Too Many Requests", "LOGIN_LOCKED", text);
    assert_eq!(told(&known), (429, body, Some("60".to_owned())));
    assert_eq!(told(&unknown), told(&known));
    assert_eq!(told(&app.log_in("anna", PASSWORD)), told(&known), "whatever the password");

    app.clock.advance(TimeDelta::milliseconds(59_001));
    assert_eq!(locked_for(&app, "anna", PASSWORD), "1");
    assert_eq!(locked_for(&app, "nobody", PASSWORD), "1");
    app.clock.advance(TimeDelta::seconds(1));
    for seconds in [120, 240, 480, 960, 1920, 3600, 3600] {
        for name in ["anna", "nobody"] {
            assert_refused(&app, name, 1);
            assert_eq!(locked_for(&app, name, PASSWORD), seconds.to_string());
        }
        app.clock.advance(TimeDelta::seconds(seconds));
    }
    app.log_in("anna", PASSWORD).expect(200);
    assert_refused(&app, "anna", 5);
    assert_eq!(locked_for(&app, "anna", WRONG), "60", "a success has cleared the name");
}

#[test]
fn sessions_and_everybody_else_go_on_while_a_name_is_locked() {
    let app = TestApp::closed();
    let session = app.operator("anna", "steward");
    app.new_operator("bob", "steward");
    assert_refused(&app, "anna", 5);
    locked_for(&app, "anna", PASSWORD);
    session.get("/operators/me").expect(200);
    session.get("/venue").expect(200);
    app.log_in("bob", PASSWORD).expect(200);
}

#[test]
fn a_success_and_a_day_each_make_failures_forgotten() {
    let app = TestApp::closed();
    app.new_operator("anna", "steward");
    for _ in 0..3 {
        assert_refused(&app, "anna", 4);
        app.log_in("anna", PASSWORD).expect(200);
    }
    assert_refused(&app, "anna", 4);
    app.clock.advance(TimeDelta::hours(24) + TimeDelta::milliseconds(1));
    assert_refused(&app, "anna", 4);
    app.clock.advance(TimeDelta::hours(24));
    assert_refused(&app, "anna", 1);
    locked_for(&app, "anna", PASSWORD);
}

const TRIES: &str = "SELECT count(*) AS value FROM login_failures";
const SESSIONS: &str = "SELECT count(*) AS value FROM operator_sessions";
const CHANGES: &str = "SELECT count(*) AS value FROM audit_log WHERE action = 'operator.password'";

/// Sends a request and resets the connection when its try is counted; then waits until a query gives so much.
#[track_caller]
fn reset(app: &TestApp, (path, header): (&str, &str), body: &Value, (query, goal): Goal) {
    let done = |session: &mut Session| number(session, query) == goal;
    let mut session = app.session();
    let body = body.to_string();
    let mut socket = connect(&app.base);
    let length = body.len();
    write!(
        socket,
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{header}\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    eventually("the try", || {
        (number(&mut session, TRIES) == 1 || done(&mut session)).then_some(())
    });
    SockRef::from(&socket).set_linger(Some(Duration::ZERO)).unwrap();
    drop(socket);
    eventually("the end of what was reset", || done(&mut session).then_some(()));
}

/// A query, and what it gives in the end.
type Goal = (&'static str, i64);

#[test]
fn right_passwords_on_connections_that_are_reset_are_no_failures() {
    let app = TestApp::closed();
    app.new_operator("anna", "steward");
    let log_in = json!({"username": "anna", "password": PASSWORD});
    for sessions in 1..=6 {
        reset(&app, ("/operators/login", ""), &log_in, (SESSIONS, sessions));
    }
    assert_eq!(number(&mut app.session(), TRIES), 0);
    let token = app.log_in("anna", PASSWORD).expect(200).text_at("/operator_token");
    let header = format!("Authorization: Bearer {token}\r\n");
    let change = json!({"current_password": PASSWORD, "new_password": "a fresh password"});
    reset(&app, ("/operators/password", &header), &change, (CHANGES, 1));
    assert_eq!(number(&mut app.session(), TRIES), 0);
    app.log_in("anna", "a fresh password").expect(200);
}

#[test]
fn right_passwords_that_the_database_fails_after_the_proof_are_no_failures() {
    let app = TestApp::closed();
    app.new_operator("anna", "steward");
    assert_refused(&app, "anna", 4);
    run(&mut app.session(), "ALTER TABLE operator_sessions RENAME TO away");
    for _ in 0..6 {
        assert_eq!(app.log_in("anna", PASSWORD).verdict(), (500, "INTERNAL_ERROR"));
    }
    run(&mut app.session(), "ALTER TABLE away RENAME TO operator_sessions");
    app.log_in("anna", PASSWORD).expect(200);
}

#[test]
fn an_admins_new_password_ends_the_lock() {
    let app = TestApp::closed();
    app.new_operator("anna", "steward");
    let admin = app.operator("carl", "admin");
    assert_refused(&app, "anna", 5);
    locked_for(&app, "anna", PASSWORD);
    let reset = json!({"password": "a fresh password"});
    admin.patch("/admin/operators/anna", &reset).expect(200);
    app.log_in("anna", "a fresh password").expect(200);
}

/// Sends log-ins at the same moment, spread over these servers.
fn at_once(bases: &[&str], count: usize, password: &str) -> Vec<Reply> {
    let start = Barrier::new(count);
    let log_in = |base: &str| {
        let body = json!({"username": "anna", "password": password});
        start.wait();
        Client::new(base).post("/operators/login", &body)
    };
    let log_in = &log_in;
    std::thread::scope(|scope| {
        let bases = bases.iter().cycle().take(count);
        let threads: Vec<_> = bases.map(|base| scope.spawn(move || log_in(base))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[track_caller]
fn assert_five_looked_at(replies: &[Reply]) {
    let count = |verdict| replies.iter().filter(|reply| reply.verdict() == verdict).count();
    let (refused, locked) = (count((401, "INVALID_LOGIN")), count((429, "LOGIN_LOCKED")));
    assert_eq!((refused, locked), (5, replies.len() - 5));
}

#[test]
fn of_50_wrong_guesses_at_once_five_are_looked_at() {
    let app = TestApp::closed();
    app.new_operator("anna", "steward");
    assert_five_looked_at(&at_once(&[&app.base], 50, WRONG));
}

#[test]
fn log_ins_of_one_operator_at_the_same_moment_do_not_lock_the_name() {
    let app = TestApp::closed();
    app.new_operator("anna", "steward");
    for reply in at_once(&[&app.base], 12, PASSWORD) {
        reply.expect(200);
    }
    assert_eq!(number(&mut app.session(), "SELECT count(*) AS value FROM login_failures"), 0);
}

#[test]
fn of_40_wrong_guesses_over_all_servers_five_are_looked_at() {
    let site = Site::new();
    let servers = site.servers();
    let bases: Vec<&str> = servers.iter().map(|server| server.base.as_str()).collect();
    assert_five_looked_at(&at_once(&bases, 40, WRONG));
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

#[test]
fn a_refusal_takes_as_long_whether_the_name_is_known_unknown_or_disabled() {
    let app = TestApp::closed();
    let admin = app.operator("carl", "admin");
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..7 {
        let names = ["known", "unknown", "disabled"].map(|kind| format!("{kind}-{round}"));
        app.new_operator(&names[0], "steward");
        app.new_operator(&names[2], "steward");
        let disable = json!({"is_active": false});
        admin.patch(&format!("/admin/operators/{}", names[2]), &disable).expect(200);
        // In turns, so that whatever else the machine does falls on all of them; four, so that no name is locked.
        for _ in 0..4 {
            for (name, times) in names.iter().zip(&mut times) {
                let watch = Stopwatch::start();
                assert_refused(&app, name, 1);
                times.push(watch.elapsed());
            }
        }
    }
    let [known, unknown, disabled] = times.map(median);
    for (what, other) in [("unknown", unknown), ("disabled", disabled)] {
        let ratio = other / known;
        assert!((0.5..=2.0).contains(&ratio), "{what}: {other} s for {known} s");
    }
}

#[test]
fn what_is_too_old_to_count_is_deleted() {
    let app = TestApp::closed();
    app.new_operator("anna", "steward");
    for _ in 0..3 {
        app.session_of("anna");
    }
    app.session_of("anna").post_nothing("/operators/logout").expect(204);
    assert_refused(&app, "old", 1);
    let prune = || {
        let now = Clock::Manual(app.clock.clone()).now();
        actix_web::rt::System::new().block_on(prune_log_ins(&app.app.db, now)).unwrap()
    };
    app.clock.advance(TimeDelta::hours(24));
    assert_refused(&app, "young", 1);
    assert_eq!(prune(), 0);
    app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(prune(), 1, "the failure of a day ago");
    app.clock.advance(TimeDelta::days(29));
    assert_eq!(prune(), 2, "the other failure, and the session that was logged out 30 days ago");
    app.clock.advance(TimeDelta::hours(12));
    assert_eq!(prune(), 3, "the sessions that expired 30 days ago");
    assert_eq!(number(&mut app.session(), "SELECT count(*) AS value FROM operator_sessions"), 0);
}

#[test]
fn of_very_many_failed_names_the_newest_and_the_locked_are_kept() {
    let app = TestApp::closed();
    let rows = if is_postgres() {
        "SELECT g AS n FROM generate_series(1, 100003) g"
    } else {
        "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 100003) SELECT n FROM g"
    };
    let time = |second: &str| format!("'2026-11-21 01:59:{second}'");
    let (older, newer, locked) = (time("58"), time("59"), "'2026-11-21 02:30:00'");
    let mut session = app.session();
    run(
        &mut session,
        &format!(
            "INSERT INTO login_failures (username_digest, failures, failed_at, created_at) \
             SELECT 'name-' || n, 1, {newer}, {newer} FROM ({rows}) numbers; \
             UPDATE login_failures SET failed_at = {older} WHERE username_digest IN ('name-1', 'name-2', 'name-3'); \
             UPDATE login_failures SET failures = 5, locked_until = {locked} WHERE username_digest = 'name-2'"
        ),
    );
    let now = Clock::Manual(app.clock.clone()).now();
    let pruned = actix_web::rt::System::new().block_on(prune_log_ins(&app.app.db, now)).unwrap();
    assert_eq!(pruned, 2);
    let left = "SELECT username_digest AS value FROM login_failures WHERE failed_at < '2026-11-21 01:59:59'";
    assert_eq!(lines(&mut session, left), ["name-2"]);
}
