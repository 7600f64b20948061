//! How large the database is.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::dialect;
use super::error::DbError;
use super::session::Session;
use super::statement::Statement;

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
        let sql = dialect::size_in_bytes(tx.connection());
        let sizes: Vec<Size> = Statement::new(sql).load(tx)?;
        Ok(sizes.first().and_then(|size| u64::try_from(size.bytes).ok()).unwrap_or(0))
    })
}
