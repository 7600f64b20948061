//! Settings: where they come from, which of them wins, and what a bad one is told.

use std::fs::write;

use serde_json::Value;

use crate::support::database::is_postgres;
use crate::support::process::{command, failure};
use crate::support::{ServerProcess, Site, TestDatabase};

/// What a limit must be.
const LIMIT: &str = "must be a rate such as 50/s or 30/min, with a burst such as 30/min:60 where it is another than \
                     the rate, or off; numbers are from 1 to 1000000";

/// A setting's value and source, as `config` shows them.
fn setting(
    database: &TestDatabase,
    arguments: &[&str],
    variables: &[(&str, &str)],
    name: &str,
) -> (String, String) {
    let mut command = command(database, &[arguments, &["config", "--json"]].concat());
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let one = all.iter().find(|one| one["name"] == name).unwrap();
    let text = |key: &str| one[key].as_str().unwrap().to_owned();
    (text("value"), text("source"))
}

#[test]
fn a_flag_comes_before_the_environment_before_the_file_before_the_default() {
    let database = TestDatabase::empty();
    let folder = database.folder.path();
    let is =
        |arguments: &[&str], variables: &[(&str, &str)], name: &str, expected: (&str, &str)| {
            let (value, source) = setting(&database, arguments, variables, name);
            assert_eq!((value.as_str(), source.as_str()), expected, "{name}");
        };
    is(&[], &[], "undo_hours", ("24", "default"));
    write(
        folder.join("ticketgate.toml"),
        "undo_hours = 3\ntimezone = \"Europe/Oslo\"\nmetrics_open = true\n",
    )
    .unwrap();
    is(&[], &[], "undo_hours", ("3", "ticketgate.toml"));
    is(&[], &[], "metrics_open", ("true", "ticketgate.toml"));
    is(&[], &[("TICKETGATE_UNDO_HOURS", "5")], "undo_hours", ("5", "TICKETGATE_UNDO_HOURS"));
    is(&[], &[("TICKETGATE_UNDO_HOURS", "")], "undo_hours", ("3", "ticketgate.toml"));
    is(&[], &[("TICKETGATE_UNDO_HOURS", "5")], "timezone", ("Europe/Oslo", "ticketgate.toml"));
    write(folder.join("other.toml"), "undo_hours = 7").unwrap();
    is(&["--config", "other.toml"], &[], "undo_hours", ("7", "other.toml"));
    is(&["--config", "other.toml"], &[], "timezone", ("UTC", "default"));
    let here = folder.to_str().unwrap();
    is(&[], &[], "data_dir", (here, "TICKETGATE_DATA_DIR"));
    is(&["--data-dir", "elsewhere"], &[], "data_dir", ("elsewhere", "flag"));
}

#[test]
fn a_flag_of_serve_comes_before_the_environment() {
    let site = Site::new();
    let server = site.serve_with(&[("TICKETGATE_BIND", "127.0.0.1:1"), ("TICKETGATE_ROLE", "web")]);
    server.client().get("/healthz").expect(200);
    let mut command = site.command(&["serve"]);
    drop(server);
    command.env("TICKETGATE_BIND", "127.0.0.1:0");
    ServerProcess::spawn(command).client().get("/healthz").expect(200);
}

#[test]
fn a_bad_setting_is_named_with_its_value_its_source_and_what_it_must_be() {
    let site = Site::new();
    let cases = [
        (
            "TICKETGATE_TIMEZONE",
            "Mars/Base",
            "timezone",
            "must be an IANA time zone such as Asia/Hong_Kong",
        ),
        ("TICKETGATE_BIND", "8080", "bind", "must be an address and a port such as 127.0.0.1:8080"),
        ("TICKETGATE_ROLE", "boss", "role", "must be all, web or worker"),
        ("TICKETGATE_LOG_FORMAT", "xml", "log_format", "must be text or json"),
        (
            "TICKETGATE_CURRENCY",
            "hk$",
            "currency",
            "must be a currency of three capital letters such as HKD",
        ),
        ("TICKETGATE_QUEUE", "-1", "queue", "must be a whole number from 0 to 1000000"),
        ("TICKETGATE_BATCH", "1025", "batch", "must be a whole number from 1 to 1024"),
        ("TICKETGATE_SESSION_HOURS", "0", "session_hours", "must be a whole number from 1 to 8760"),
        ("TICKETGATE_UNDO_HOURS", "-1", "undo_hours", "must be a whole number from 0 to 8760"),
        (
            "TICKETGATE_RETENTION_DAYS",
            "1.5",
            "retention_days",
            "must be a whole number from 0 to 36500",
        ),
        (
            "TICKETGATE_GENERATE_CHUNK",
            "many",
            "generate_chunk",
            "must be a whole number from 1 to 5000",
        ),
        ("TICKETGATE_METRICS_OPEN", "yes", "metrics_open", "must be true or false"),
        ("TICKETGATE_LIMIT_SCAN", "fast", "limit_scan", LIMIT),
        ("TICKETGATE_LIMIT_LOOK", "5", "limit_look", LIMIT),
        ("TICKETGATE_LIMIT_GENERATE", "0/s", "limit_generate", LIMIT),
        ("TICKETGATE_LIMIT_ISSUE", "5/h", "limit_issue", LIMIT),
        ("TICKETGATE_LIMIT_READ", "5/s:0", "limit_read", LIMIT),
        ("TICKETGATE_LIMIT_MANAGE", "-1/min", "limit_manage", LIMIT),
        ("TICKETGATE_LIMIT_ENTER", "30/min:", "limit_enter", LIMIT),
        ("TICKETGATE_LIMIT_FAILURES", "none", "limit_failures", LIMIT),
    ];
    are_refused(&site, &cases);
}

#[test]
fn sizes_and_times_of_the_database_have_bounds() {
    let cases = [
        ("TICKETGATE_WORKERS", "257", "workers", "must be a whole number from 0 to 256"),
        ("TICKETGATE_DB_POOL", "257", "db_pool", "must be a whole number from 0 to 256"),
        ("TICKETGATE_DB_LANES", "257", "db_lanes", "must be a whole number from 0 to 256"),
        (
            "TICKETGATE_DB_CONNECT_SECONDS",
            "1",
            "db_connect_seconds",
            "must be a whole number from 2 to 60",
        ),
        (
            "TICKETGATE_DB_STATEMENT_SECONDS",
            "0",
            "db_statement_seconds",
            "must be a whole number from 1 to 3600",
        ),
        (
            "TICKETGATE_DB_LOCK_SECONDS",
            "0",
            "db_lock_seconds",
            "must be a whole number from 1 to 3600",
        ),
    ];
    are_refused(&Site::new(), &cases);
}

/// Each variable with its value: the setting's name and what it must be are told.
#[track_caller]
fn are_refused(site: &Site, cases: &[(&str, &str, &str, &str)]) {
    for (variable, value, name, problem) in cases {
        let mut serve = site.command(&["serve"]);
        serve.env(variable, value);
        let expected = format!(
            "ticketgate: failed to use the setting {name} = {value:?} from {variable}: it {problem}"
        );
        assert_eq!(failure(serve), expected);
    }
}

#[test]
fn sizes_that_follow_the_cores_are_shown_as_they_are() {
    let database = TestDatabase::empty();
    let cores = std::thread::available_parallelism().unwrap().get();
    let shown = |name: &str, variables: &[(&str, &str)]| setting(&database, &[], variables, name);
    let usual = |number: usize| (number.to_string(), "default".to_owned());
    assert_eq!(shown("workers", &[]), usual(cores));
    assert_eq!(shown("db_pool", &[]), usual((2 * cores).max(4)));
    assert_eq!(shown("db_lanes", &[]), usual(cores.max(2)));
    let lanes = if is_postgres() { cores.max(2) } else { 2 };
    assert_eq!(shown("queue", &[]), usual(8 * 64 * lanes));
    assert_eq!(shown("queue", &[("TICKETGATE_BATCH", "16")]), usual(8 * 16 * lanes));
    let given = ("77".to_owned(), "TICKETGATE_QUEUE".to_owned());
    assert_eq!(shown("queue", &[("TICKETGATE_QUEUE", "77")]), given);
}

#[test]
fn a_database_url_of_an_unknown_kind_is_refused_without_being_shown() {
    let database = TestDatabase::empty();
    for url in ["mysql://gate:s3cret@db/tickets", "s3cret", "sqlite:", "/var/s3cret.db"] {
        let mut serve = command(&database, &["serve"]);
        serve.env("DATABASE_URL", url);
        let expected = "ticketgate: failed to use the setting database_url = \"..\" from DATABASE_URL: \
             it must be postgres://user:password@host/database, sqlite:PATH, or nothing for the default file";
        assert_eq!(failure(serve), expected, "{url}");
    }
}

#[test]
fn a_settings_file_with_a_mistake_is_refused_by_name() {
    let database = TestDatabase::empty();
    let cases = [
        (
            "tmezone = \"UTC\"",
            "read the settings in ticketgate.toml: there is no setting tmezone; `ticketgate config` lists them",
        ),
        (
            "timezone = 1.5",
            "read the settings in ticketgate.toml: timezone must be a text, a whole number, true or false",
        ),
        (
            "timezone = \"Mars\"",
            "use the setting timezone = \"Mars\" from ticketgate.toml: it must be an IANA time zone such as Asia/Hong_Kong",
        ),
    ];
    for (text, sentence) in cases {
        write(database.folder.path().join("ticketgate.toml"), text).unwrap();
        assert_eq!(
            failure(command(&database, &["serve"])),
            format!("ticketgate: failed to {sentence}")
        );
    }
    let missing = failure(command(&database, &["config", "--config", "nowhere.toml"]));
    assert!(missing.starts_with("ticketgate: failed to open nowhere.toml: "), "{missing}");
}

#[test]
fn a_settings_file_that_is_not_toml_is_refused_without_showing_what_is_in_it() {
    let database = TestDatabase::empty();
    let said = |text: &str| {
        write(database.folder.path().join("ticketgate.toml"), text).unwrap();
        failure(command(&database, &["serve"]))
    };
    let start = "ticketgate: failed to read the settings in ticketgate.toml: ";
    let expected = "string values must be quoted, expected literal string at line 2, column 16";
    let unquoted = "bind = \"\u{4e2d}\"\ndatabase_url = postgres://gate:s3cret@db/tickets\n";
    assert_eq!(said(unquoted), format!("{start}{expected}"));
    for text in [
        "database_url = \"postgres://gate:s3cret@db/tickets",
        "database_url = \"postgres://gate:s3cret@db/tickets\" s3cret",
        "database_url = \"s3cret\\s3cret\"",
        "database_url = 's3cret\nkeys = 1",
        "database_url \"postgres://gate:s3cret@db/tickets\"",
        "database_url = \"s3cret\"\ndatabase_url = \"s3cret\"",
        "keys = {\"keys\": [{\"aes_256_key\": \"s3cret\"}]}",
        "postgres://gate:s3cret@db/tickets",
        "s3cret",
        "timezone = ",
    ] {
        let said = said(text);
        assert!(said.starts_with(start) && said.contains(" at line "), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[test]
fn no_command_shows_the_databases_password() {
    let database = TestDatabase::empty();
    let url = "postgres://gate:s3cret@127.0.0.1:1/tickets?sslmode=disable&connect_timeout=1";
    for arguments in [&["config"][..], &["config", "--json"]] {
        let output = command(&database, arguments).env("DATABASE_URL", url).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert!(text.contains("postgres://127.0.0.1:1/tickets"), "{text}");
        assert!(!text.contains("s3cret") && !text.contains("gate:"), "{text}");
    }
    for arguments in [&["migrate"][..], &["partner", "list"]] {
        let mut unreachable = command(&database, arguments);
        unreachable.env("DATABASE_URL", url);
        let output = unreachable.output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text.starts_with("ticketgate: failed to reach the database: "), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn without_a_database_url_the_data_folder_holds_everything() {
    let database = TestDatabase::empty();
    let run = |arguments: &[&str]| {
        let mut command = command(&database, &[&["--data-dir", "deep/er"], arguments].concat());
        let output = command.env_remove("DATABASE_URL").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["keys", "generate"]);
    run(&["partner", "create", "acme"]);
    let folder = database.folder.path().join("deep/er");
    assert!(folder.join("keys.json").is_file());
    assert!(folder.join("ticketgate.db").is_file());
}

#[test]
fn a_second_server_on_the_same_file_is_refused_and_on_postgresql_welcome() {
    let site = Site::new();
    let first = site.serve();
    if is_postgres() {
        let second = site.serve();
        let token = site.partner(&first).token(&site.partner(&second).ticket());
        site.gate(&second).scan(&token, "ferry").expect(200);
        assert_eq!(site.gate(&first).scan(&token, "ferry").verdict(), (422, "ALREADY_REDEEMED"));
        return;
    }
    let expected = format!(
        "ticketgate: failed to reach the database: another ticketgate server has {} open; SQLite \
         serves one server, for several set DATABASE_URL to a PostgreSQL database",
        site.database.folder.path().join("ticketgate.db").display()
    );
    assert_eq!(failure(site.command(&["serve", "--bind", "127.0.0.1:0"])), expected);
    site.partner(&first).ticket();
}

#[test]
fn an_address_that_is_taken_is_named() {
    let site = Site::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = failure(site.command(&["serve", "--bind", &address]));
    assert!(said.starts_with(&format!("ticketgate: failed to listen on {address}: ")), "{said}");
}
