//! Where the database is, and how a connection to it is opened.
//!
//! Comes in: the text of `DATABASE_URL`. Goes out: an [`AnyConnection`] that is set up for its use.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, ConnectionError, QueryResult, QueryableByName, RunQueryDsl, sql_query};
use thiserror::Error;

use super::error::DbError;

/// A connection to either database.
#[derive(diesel::MultiConnection)]

pub enum AnyConnection {
    /// The bundled SQLite.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(PgConnection),
}

impl fmt::Debug for AnyConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "AnyConnection::Sqlite",
            Self::Postgres(_) => "AnyConnection::Postgres",
        })
    }
}

/// Which database to open.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL, which may hold a password.
    Postgres(String),
}

/// Why a text names no database.
#[derive(Debug, Error)]
#[error(
    "must be postgres://user:password@host/database, sqlite:PATH, or nothing for the default file"
)]
pub struct TargetError;

impl Target {
    /// Reads a `DATABASE_URL`.
    ///
    /// # Errors
    /// A scheme that is neither PostgreSQL's nor SQLite's.
    pub fn parse(url: &str) -> Result<Self, TargetError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        match path {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(TargetError),
        }
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when it cannot be reached or opened.
    pub(super) fn connect(
        &self,
        purpose: Purpose,
        timeouts: &Timeouts,
    ) -> Result<AnyConnection, DbError> {
        match self {
            Self::Sqlite(path) => {
                connect_sqlite(path, purpose, timeouts).map(AnyConnection::Sqlite)
            }
            Self::Postgres(url) => {
                connect_postgres(url, purpose, timeouts).map(AnyConnection::Postgres)
            }
        }
    }
}

/// How long a database may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// PostgreSQL: to let a connection in, in whole seconds; the URL's own `connect_timeout` comes before it.
    pub connect: Duration,
    /// PostgreSQL: to run a statement.
    pub statement: Duration,
    /// To wait for what another transaction has locked; SQLite: another process.
    pub lock: Duration,
}

impl Timeouts {
    /// What tells a PostgreSQL connection the limits of statements and locks.
    pub(super) fn as_sql(&self) -> String {
        let (statement, lock) = (self.statement.as_millis(), self.lock.as_millis());
        format!("SET statement_timeout = {statement}; SET lock_timeout = {lock};")
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            statement: Duration::from_secs(30),
            lock: Duration::from_secs(5),
        }
    }
}

impl fmt::Display for Target {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                let place = place.split_once('?').map_or(place, |(place, _)| place);
                write!(f, "postgres://{place}")
            }
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Reads only.
    Read,
    /// Reads and writes.
    Write,
    /// Batches of scans.
    Lane,
}

fn unavailable(error: &ConnectionError) -> DbError {
    DbError::Unavailable(error.to_string())
}

pub(super) fn connect_sqlite(
    path: &Path,
    purpose: Purpose,
    timeouts: &Timeouts,
) -> Result<SqliteConnection, DbError> {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|error| unavailable(&error))?;
    connection.batch_execute(&format!("PRAGMA busy_timeout = {};", timeouts.lock.as_millis()))?;
    // Of a new database only: a scan changes a few pages that lie far apart, and writes each of them whole.
    connection.batch_execute("PRAGMA page_size = 2048;")?;
    use_write_ahead_log(&mut connection)?;
    connection.batch_execute(
        // A log that grew while a backup read goes back to this size.
        "PRAGMA synchronous = FULL;
         PRAGMA journal_size_limit = 167772160;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;",
    )?;
    connection.batch_execute(match purpose {
        Purpose::Read => "PRAGMA query_only = ON;",
        // Where a server runs, its checkpoints are made long before the log is so long (see `checkpoint`). The cache
        // stays small: where a page is split, SQLite looks through all of it at the commit, and what is not in it is in
        // the operating system's.
        Purpose::Write | Purpose::Lane => "PRAGMA wal_autocheckpoint = 65536;",
    })?;
    Ok(connection)
}

/// SQLite: commits return when they are in the log, and somebody else waits for the disk.
///
/// # Errors
/// There is no log: SQLite goes on without one where its shared memory cannot be had.
pub(super) fn leave_sync(connection: &mut AnyConnection) -> Result<(), DbError> {
    let AnyConnection::Sqlite(connection) = connection else { return Ok(()) };
    let mode: JournalMode = sql_query("PRAGMA journal_mode").get_result(connection)?;
    if mode.journal_mode != "wal" {
        return Err(DbError::Unavailable(
            "SQLite cannot keep a write-ahead log here; put the database on a local disk"
                .to_owned(),
        ));
    }
    Ok(connection.batch_execute("PRAGMA synchronous = NORMAL;")?)
}

/// What `PRAGMA journal_mode` tells.
#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// Where several processes open a new file at once, SQLite waits for its turn with everything but this change.
fn use_write_ahead_log(connection: &mut SqliteConnection) -> QueryResult<()> {
    for _ in 0..20 {
        if connection.batch_execute("PRAGMA journal_mode = WAL;").is_ok() {
            return Ok(());
        }
        connection.batch_execute("BEGIN IMMEDIATE; ROLLBACK;")?;
    }
    connection.batch_execute("PRAGMA journal_mode = WAL;")
}

fn connect_postgres(
    url: &str,
    purpose: Purpose,
    timeouts: &Timeouts,
) -> Result<PgConnection, DbError> {
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = if url.contains("connect_timeout") {
        url.to_owned()
    } else {
        format!("{url}{separator}connect_timeout={}", timeouts.connect.as_secs())
    };
    let mut connection = PgConnection::establish(&url).map_err(|error| unavailable(&error))?;
    connection.batch_execute(&format!(
        "SET TIME ZONE 'UTC';
         SET client_min_messages = 'warning';
         SET idle_in_transaction_session_timeout = '60s';
         {}",
        timeouts.as_sql(),
    ))?;
    // Every statement goes by an index, where there is one. A plan that was made and kept while a table was small must
    // not read all of it once it has grown (after a large bulk insert, before ANALYZE).
    // A scan where there is none then seems so dear that PostgreSQL would compile the statement first: half a second for
    // what takes less than one thousandth of it.
    connection.batch_execute("SET enable_seqscan = off; SET jit = off;")?;
    if purpose == Purpose::Lane {
        // The lane's rows must be locked in the order of their keys, whatever the statistics say.
        connection.batch_execute(
            "SET enable_bitmapscan = off;
             SET enable_hashjoin = off;
             SET enable_mergejoin = off;",
        )?;
    }
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_shown_without_its_password() {
        let target =
            Target::parse("postgres://gate:s3cret@db.example:5432/tickets?sslmode=require");
        assert_eq!(target.unwrap().to_string(), "postgres://db.example:5432/tickets");
        assert_eq!(Target::parse("sqlite:/tmp/x.db").unwrap().to_string(), "sqlite:/tmp/x.db");
        assert!(Target::parse("mysql://x").is_err());
    }
}
