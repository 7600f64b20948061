//! Migrations: run once, whoever asks and however often.

use std::path::Path;
use std::sync::Barrier;

use serde_json::json;
use ticketgate::db::{migration_state, run_migrations};

use crate::support::database::is_postgres;
use crate::support::process::{command, failure, run_json};
use crate::support::tables::{assert_invariants, lines, number, run};
use crate::support::{Site, TestApp, TestDatabase};

const NAMES: [&str; 14] = [
    "00000000000001_deployment",
    "00000000000002_jobs",
    "00000000000003_access",
    "00000000000004_catalog",
    "00000000000005_tickets",
    "00000000000006_redemption",
    "00000000000007_ota",
    "00000000000008_access_control",
    "00000000000009_login_failures",
    "00000000000010_pairing_codes",
    "00000000000011_growth",
    "00000000000012_append_the_ledger",
    "00000000000013_locality",
    "00000000000014_lean_ledger",
];

#[test]
fn migrations_run_once_however_often_they_are_asked_for() {
    let database = TestDatabase::empty();
    let mut session = database.session();
    assert_eq!(migration_state(&mut session).unwrap().pending, NAMES);
    assert_eq!(run_migrations(&mut session).unwrap(), NAMES);
    assert_eq!(run_migrations(&mut session).unwrap(), Vec::<String>::new());
    assert_eq!(run_migrations(&mut database.session()).unwrap(), Vec::<String>::new());
    assert_eq!(migration_state(&mut session).unwrap().pending, Vec::<String>::new());
}

#[test]
fn of_servers_that_migrate_at_the_same_time_each_finds_the_schema_whole() {
    let database = TestDatabase::empty();
    let start = Barrier::new(4);
    let migrate = || {
        let mut session = database.session();
        start.wait();
        run_migrations(&mut session).map_err(|error| error.to_string())
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(migrate)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let run: Vec<String> = done.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(run, NAMES, "each migration is run by one of them");
    let mut session = database.session();
    assert_eq!(number(&mut session, "SELECT count(*) AS value FROM catalog_revision"), 1);
}

#[test]
fn serve_without_migrating_refuses_a_database_that_needs_migrations_and_names_them() {
    let site = Site::new();
    let empty = TestDatabase::empty();
    std::fs::copy(
        site.database.folder.path().join("keys.json"),
        empty.folder.path().join("keys.json"),
    )
    .unwrap();
    let arguments = ["serve", "--no-migrate", "--bind", "127.0.0.1:0"];
    let expected = format!(
        "ticketgate: failed to start: the database needs migrations ({}); \
         run `ticketgate migrate` first",
        NAMES.join(", ")
    );
    assert_eq!(failure(command(&empty, &arguments)), expected);
    assert_eq!(migration_state(&mut empty.session()).unwrap().pending, NAMES, "and runs none");
}

#[test]
fn migrate_says_what_it_ran_and_then_that_nothing_is_left() {
    let database = TestDatabase::empty();
    let target = database.target().to_string();
    let first = run_json(&database, &["migrate"]);
    assert_eq!(first, serde_json::json!({"database": target, "migrations": NAMES}));
    let second = crate::support::process::run(&database, &["migrate"]);
    assert_eq!(String::from_utf8(second.stdout).unwrap(), format!("{target} is up to date\n"));
    let versions = lines(
        &mut database.session(),
        "SELECT version AS value FROM __diesel_schema_migrations ORDER BY 1",
    );
    assert_eq!(versions.len(), NAMES.len());
}

#[test]
fn a_ledger_is_laid_out_anew_with_every_row_and_its_word_on_once() {
    let app = TestApp::demo();
    let code = app.partner().generate_of(108, 1).remove(0);
    let token = app.partner().token(&code);
    let scan_id = json!({"scan_id": "s-1"});
    let first = app.gate().scan_with(&token, "ferry", &scan_id).expect(200);
    app.gate().scan(&token, "ferry").expect(422);
    let gift = app.gate().scan(&token, "gift").expect(200);
    app.gate().undo(&gift.text_at("/redemption_id")).expect(200);
    let rows = if is_postgres() {
        "SELECT e::text AS value FROM redemption_events e ORDER BY id"
    } else {
        "SELECT json_array(ticket_code, ticket_seq, id, partner_code, function_code, jti, result, reason, \
         venue_code, terminal_device_id, principal, operator, scan_id, offline, scanned_at, redeemed_at, \
         remaining_uses_after, reversed_at, reverses, created_at) AS value FROM redemption_events ORDER BY id"
    };
    let mut session = app.session();
    let before = lines(&mut session, rows);
    assert_eq!(before.len(), 4);
    let tree = if is_postgres() { "migrations/postgres" } else { "migrations/sqlite" };
    for name in NAMES[11..].iter().rev() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(tree).join(name);
        run(&mut session, &std::fs::read_to_string(folder.join("down.sql")).unwrap());
        let version = name.split('_').next().unwrap();
        let forget = "DELETE FROM __diesel_schema_migrations WHERE version";
        run(&mut session, &format!("{forget} = '{version}'"));
    }
    assert_eq!(run_migrations(&mut session).unwrap(), NAMES[11..]);
    assert_eq!(lines(&mut session, rows), before);
    assert_invariants(&mut session);
    app.gate().scan(&token, "ferry").expect(422);
    let again = app.gate().scan_with(&token, "ferry", &scan_id).expect(200);
    assert_eq!(again.body["redemption_id"], first.body["redemption_id"]);
    assert_eq!(again.body["replayed"], true);
}
