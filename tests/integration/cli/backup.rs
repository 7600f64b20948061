//! `backup`: a copy of the SQLite file while scans go on, and a server on that copy.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::support::client::masked;
use crate::support::database::is_postgres;
use crate::support::process::{command, eventually, failure, run as run_command, run_json};
use crate::support::tables::{assert_invariants, lines, run};
use crate::support::{Gate, ServerProcess, Site, TestDatabase};

/// Scans as they are answered: the token and the redemption's id.
type Answered = Mutex<Vec<(String, String)>>;

/// Scans these tokens, over and over, until told to stop; writes down each success once it is answered.
fn scan_until(is_over: &AtomicBool, gate: &Gate, tokens: &[(String, String)], answered: &Answered) {
    for (_, token) in tokens.iter().cycle() {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let reply = gate.scan(token, "ferry");
        match reply.status {
            200 => answered.lock().unwrap().push((token.clone(), reply.text_at("/redemption_id"))),
            _ => assert_eq!(reply.verdict(), (422, "ALREADY_REDEEMED")),
        }
    }
}

/// Makes a backup in the middle of scans by several terminals; gives what had been answered before it began.
fn back_up_under_load(
    site: &Site,
    server: &ServerProcess,
    tokens: &[(String, String)],
    file: &Path,
) -> Vec<(String, String)> {
    let (is_over, answered) = (AtomicBool::new(false), Answered::default());
    let (gate, over, list) = (site.gate(server), &is_over, &answered);
    std::thread::scope(|scope| {
        for part in tokens.chunks(tokens.len().div_ceil(4)) {
            let gate = gate.clone();
            scope.spawn(move || scan_until(over, &gate, part, list));
        }
        let count = || list.lock().unwrap().len();
        eventually("load", || (count() >= tokens.len() / 4).then_some(()));
        let before = list.lock().unwrap().clone();
        let made = site.command(&["backup", file.to_str().unwrap()]).output().unwrap();
        is_over.store(true, Ordering::Relaxed);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        before
    })
}

/// A new data directory with this backup as its database, and the site's keys.
fn restored(site: &Site, file: &Path) -> Site {
    let database = TestDatabase::empty();
    fs::copy(file, database.folder.path().join("ticketgate.db")).unwrap();
    let keys = |database: &TestDatabase| database.folder.path().join("keys.json");
    fs::copy(keys(&site.database), keys(&database)).unwrap();
    let (api_key, terminal_key) = (site.api_key.clone(), site.terminal_key.clone());
    Site { database, api_key, terminal_key }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_backup_made_while_scans_go_on_holds_all_that_was_answered_before_it_and_serves() {
    if is_postgres() {
        return;
    }
    let site = Site::new();
    let server = site.serve();
    let tokens = site.tokens(&server, 400);
    let (later, tokens) = tokens.split_first().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gate.db");
    let before = back_up_under_load(&site, &server, tokens, &file);
    assert_eq!(names_in(folder.path()), ["gate.db"], "nothing else is left there");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "customers' names are in it");
    site.gate(&server).scan(&later.1, "ferry").expect(200);
    assert_invariants(&mut site.database.session());

    let restored = restored(&site, &file);
    let mut session = restored.database.session();
    let check = "SELECT integrity_check AS value FROM pragma_integrity_check";
    assert_eq!(lines(&mut session, check), ["ok"]);
    assert_invariants(&mut session);
    let server = restored.serve();
    let ids = lines(&mut session, "SELECT id AS value FROM redemption_events");
    let gate = restored.gate(&server);
    for (token, redemption_id) in &before {
        assert!(ids.contains(redemption_id), "answered before the backup began");
        assert_eq!(gate.scan(token, "ferry").verdict(), (422, "ALREADY_REDEEMED"));
    }
    // What came after it is not in it: docs/operations.md says what to do about that.
    gate.scan(&later.1, "ferry").expect(200);
    assert_invariants(&mut session);
}

#[test]
fn a_backup_says_where_it_is_what_it_is_of_and_where_the_keys_are() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::migrated();
    let folder = database.folder.path();
    let (source, keys) = (database.url(), folder.join("keys.json"));
    let made = run_json(&database, &["backup", "one.db"]);
    assert_eq!(
        masked(&made, &["/taken_at"]),
        json!({
            "file": "one.db", "bytes": fs::metadata(folder.join("one.db")).unwrap().len(),
            "taken_at": "*", "database": source, "key_ring": keys,
        })
    );
    let output = run_command(&database, &["backup", "two.db"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let shown: Vec<&str> = text.lines().collect();
    let first: Vec<_> = shown.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(first, ["file", "bytes", "taken_at", "database", "The", "opens:"], "{text}");
    assert_eq!(
        shown[4..].join("\n"),
        format!(
            "The keys of the QR codes are not in it, so that nobody forges codes with it alone. Without them none\n\
             opens: keep a copy, in another place, of {}",
            keys.display()
        )
    );
}

#[test]
fn a_backup_overwrites_nothing() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::migrated();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yesterday.db");
    let path = file.to_str().unwrap();
    fs::write(&file, "yesterday's").unwrap();
    let text = failure(command(&database, &["backup", path]));
    assert_eq!(
        text,
        format!(
            "ticketgate: failed to back up to {path}: it is there already, and is left as it is; give a new name"
        )
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "yesterday's");
    let missing = folder.path().join("no/such/folder.db");
    let path = missing.to_str().unwrap();
    let text = failure(command(&database, &["backup", path]));
    assert_eq!(
        text,
        format!("ticketgate: failed to write {path}: No such file or directory (os error 2)")
    );
    assert_eq!(names_in(folder.path()), ["yesterday.db"]);
}

#[test]
fn a_backup_of_what_is_not_there_is_refused_and_makes_nothing() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::empty();
    let folder = database.folder.path();
    let text = failure(command(&database, &["backup", "copy.db"]));
    assert_eq!(
        text,
        format!(
            "ticketgate: failed to back up {}: there is no such file; give the --data-dir or DATABASE_URL that \
             the server has",
            folder.join("ticketgate.db").display()
        )
    );
    assert_eq!(names_in(folder), Vec::<String>::new());

    // A file of another program's: what is wrong is said, and no half copy stays.
    fs::write(folder.join("ticketgate.db"), "no database ".repeat(1000)).unwrap();
    let text = failure(command(&database, &["backup", "copy.db"]));
    assert!(text.contains("file is not a database"), "{text}");
    assert_eq!(names_in(folder), ["ticketgate.db"]);
}

#[test]
fn a_backup_before_an_upgrade_is_of_the_database_as_it_is() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::empty();
    run(
        &mut database.session(),
        "CREATE TABLE of_an_older_version (id INTEGER); \
        INSERT INTO of_an_older_version VALUES (7)",
    );
    run_json(&database, &["backup", "before.db"]);
    let tables = "SELECT name AS value FROM sqlite_schema ORDER BY 1";
    assert_eq!(lines(&mut database.session(), tables), ["of_an_older_version"]);
    let copy = ticketgate::db::Target::Sqlite(database.folder.path().join("before.db"));
    assert_eq!(lines(&mut ticketgate::db::Session::new(copy), tables), ["of_an_older_version"]);
}

#[test]
fn on_postgresql_the_backup_names_the_program_for_it() {
    let database = TestDatabase::empty();
    let mut command = command(&database, &["backup", "copy.db"]);
    command.env("DATABASE_URL", "postgres://gate:s3cret-b4ckup@db.example/tickets");
    assert_eq!(
        failure(command),
        "ticketgate: failed to back up postgres://db.example/tickets: this copies SQLite's file; PostgreSQL's \
         own program is `pg_dump --format=custom --file=FILE \"$DATABASE_URL\"`, and docs/operations.md says more"
    );
    assert_eq!(names_in(database.folder.path()), Vec::<String>::new());
}
