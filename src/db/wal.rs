//! How far SQLite's write-ahead log has come into its file, and the statement that moves it there.

use diesel::sql_types::BigInt;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

/// What `PRAGMA wal_checkpoint` tells, <https://sqlite.org/pragma.html#pragma_wal_checkpoint>.
#[derive(Debug, QueryableByName)]
pub(super) struct Log {
    /// Whether somebody kept it from its end.
    #[diesel(sql_type = BigInt)]
    pub(super) busy: i64,
    /// Pages in it.
    #[diesel(sql_type = BigInt, column_name = log)]
    pub(super) pages: i64,
    /// How many of them are in the file as well.
    #[diesel(sql_type = BigInt, column_name = checkpointed)]
    pub(super) moved: i64,
}

/// Runs the pragma in this mode; `NOOP` only asks.
pub(super) fn checkpoint(connection: &mut SqliteConnection, mode: &str) -> QueryResult<Log> {
    sql_query(format!("PRAGMA wal_checkpoint({mode})")).get_result(connection)
}
