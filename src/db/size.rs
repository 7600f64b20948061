//! How large the database is.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::connection::AnyConnection;
use super::error::DbError;
use super::session::Session;

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// Bytes of the database's file, or of its files on the server; without SQLite's write-ahead log.
///
/// # Errors
/// The database's.
pub fn database_size(session: &mut Session) -> Result<u64, DbError> {
    session.read(|tx| {
        let size: Size = match tx.connection() {
            AnyConnection::Sqlite(connection) => diesel::sql_query(
                "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
            )
            .get_result(connection)?,
            AnyConnection::Postgres(connection) => {
                diesel::sql_query("SELECT pg_database_size(current_database()) AS bytes")
                    .get_result(connection)?
            }
        };
        Ok(u64::try_from(size.bytes).unwrap_or(0))
    })
}
