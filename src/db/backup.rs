//! A copy of a SQLite database, taken while others read and write it.
//!
//! Comes in: the database's file and an empty file. Goes out: that file, filled with one moment of the database.

use std::path::Path;

use diesel::RunQueryDsl;
use diesel::sql_types::Text;

use super::connection::{Purpose, Timeouts, connect_sqlite};
use super::error::DbError;

/// Fills the empty file `copy` with the database at `database` as it is at one moment: whatever was committed before the
/// call is in it. Readers and the writer go on meanwhile; only the write-ahead log is not emptied until it is done.
///
/// `VACUUM INTO` reads in one transaction, so unlike SQLite's backup API it never begins again when another process
/// writes, and the copy has no free pages.
///
/// # Errors
/// The database's, or the copy's: [`DbError::StorageFull`] where it has no room.
pub fn copy_sqlite(database: &Path, copy: &Path) -> Result<(), DbError> {
    // A path from the root is never read as an URI.
    let copy =
        std::path::absolute(copy).map_err(|error| DbError::Unavailable(error.to_string()))?;
    let copy = copy
        .to_str()
        .ok_or_else(|| DbError::Unavailable(format!("{} is not UTF-8", copy.display())))?;
    let mut connection = connect_sqlite(database, Purpose::Write, &Timeouts::default())?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(copy).execute(&mut connection)?;
    Ok(())
}
