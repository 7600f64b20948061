//! A database for one test: a SQLite file in a temporary folder, or a PostgreSQL database that is dropped again.
//!
//! `TICKETGATE_TEST_DATABASE` chooses: `sqlite` (also where it is not set), or the URL of a PostgreSQL superuser.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use tempfile::TempDir;
use ticketgate::db::{DbSettings, Session, Target, Timeouts, run_migrations};

use super::records::note;

/// PostgreSQL: the database with every table.
const ORIGINAL: &str = "original";

/// See the module.
pub struct TestDatabase {
    /// A folder for the SQLite file, the keys and whatever else the test needs.
    pub folder: TempDir,
    target: Target,
    /// PostgreSQL: the superuser's URL and the database's name.
    server: Option<(String, String)>,
}

/// The URL of the superuser, where this run is on PostgreSQL.
#[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
fn server_url() -> Option<String> {
    let url = std::env::var("TICKETGATE_TEST_DATABASE").ok();
    url.filter(|url| url.starts_with("postgres"))
}

/// Whether this run is on PostgreSQL.
pub fn is_postgres() -> bool {
    server_url().is_some()
}

/// Says that a test has nothing to do here, and why: `scripts/rust-suite` repeats it at the end.
pub fn not_run(what: &str, why: &str) {
    println!("not run: {what}: {why}");
    note(&format!("{what}: {why}"));
}

impl TestDatabase {
    /// A new database without any table.
    pub fn empty() -> Self {
        Self::copy_of("template1")
    }

    /// On PostgreSQL a copy of this database, on SQLite a new file.
    fn copy_of(original: &str) -> Self {
        let folder = new_folder();
        let Some(server) = server_url() else {
            let target = Target::Sqlite(folder.path().join("ticketgate.db"));
            return Self { folder, target, server: None };
        };
        let name = format!("test_{}", ticketgate::kernel::sortable_id().replace('-', ""));
        run_on_server(&server, &format!("CREATE DATABASE {name} TEMPLATE {original}"));
        let target = Target::Postgres(on_server(&server, &name));
        Self { folder, target, server: Some((server, name)) }
    }

    /// A new SQLite file in a folder of its own inside this one.
    pub fn sqlite_in(place: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("ticketgate-test-").tempdir_in(place).unwrap();
        let target = Target::Sqlite(folder.path().join("ticketgate.db"));
        Self { folder, target, server: None }
    }

    /// A PostgreSQL database that is somebody else's to remove.
    pub fn at(url: String) -> Self {
        let folder = new_folder();
        Self { folder, target: Target::Postgres(url), server: None }
    }

    /// A new database with every table: on PostgreSQL a copy, which takes less time than to make them.
    pub fn migrated() -> Self {
        if let Some(server) = server_url() {
            make_original(&server);
        }
        let database = Self::copy_of(ORIGINAL);
        // On a server that was used before, the original may lack the latest.
        run_migrations(&mut database.session()).unwrap();
        database
    }

    /// Where it is.
    pub fn target(&self) -> Target {
        self.target.clone()
    }

    /// As `DATABASE_URL` says it.
    pub fn url(&self) -> String {
        match &self.target {
            Target::Sqlite(path) => format!("sqlite:{}", path.display()),
            Target::Postgres(url) => url.clone(),
        }
    }

    /// A connection of the test's own.
    pub fn session(&self) -> Session {
        Session::new(self.target())
    }

    /// Settings for a server on it.
    pub fn settings(&self) -> DbSettings {
        DbSettings {
            target: self.target(),
            pool: 4,
            lanes: 2,
            batch: 64,
            queue: 1024,
            timeouts: Timeouts::default(),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.server {
            run_on_server(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn new_folder() -> TempDir {
    tempfile::Builder::new().prefix("ticketgate-test-").tempdir().unwrap()
}

fn on_server(server: &str, database: &str) -> String {
    let (start, _) = server.rsplit_once('/').unwrap();
    format!("{start}/{database}")
}

/// Makes the database that others are copies of, unless it is there. It gets its name once it is whole.
fn make_original(server: &str) {
    let mut connection = PgConnection::establish(server).unwrap();
    let mut run = |sql: &str| sql_query(sql).execute(&mut connection).unwrap();
    let is_there = format!("SELECT FROM pg_database WHERE datname = '{ORIGINAL}'");
    if run(&is_there) == 1 {
        return;
    }
    run("SELECT pg_advisory_lock(1)");
    if run(&is_there) == 0 {
        let new = format!("{ORIGINAL}_new");
        run(&format!("DROP DATABASE IF EXISTS {new}"));
        run(&format!("CREATE DATABASE {new}"));
        run_migrations(&mut Session::new(Target::Postgres(on_server(server, &new)))).unwrap();
        run(&format!("ALTER DATABASE {new} RENAME TO {ORIGINAL}"));
    }
}

fn run_on_server(url: &str, sql: &str) {
    PgConnection::establish(url).unwrap().batch_execute(sql).unwrap();
}
