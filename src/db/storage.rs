//! Whether the storage of the database is full.
//!
//! Comes in: why a write failed. Goes out: for readiness, whether one failed for want of room since there was some.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::SimpleConnection;

use super::connection::{AnyConnection, Target};
use super::error::DbError;
use crate::kernel::beside;

/// Bytes that must be free before the storage counts as having room: more than a batch of scans takes.
const ROOM: usize = 1 << 20;

/// Takes as much of a PostgreSQL server's disk, until the transaction's end.
const TAKE_ROOM: &str = "CREATE TEMPORARY TABLE ticketgate_room ON COMMIT DROP AS \
    SELECT repeat(md5(line::text), 32) AS content FROM generate_series(1, 1024) AS line";

/// See the module; clones share what is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Storage {
    is_full: Arc<AtomicBool>,
}

impl Storage {
    /// Takes note of why a write failed.
    pub(super) fn note(&self, error: &DbError) {
        if matches!(error, DbError::StorageFull) {
            self.is_full.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a write has failed for want of room since there was some.
    pub(super) fn is_full(&self) -> bool {
        self.is_full.load(Ordering::Relaxed)
    }

    /// Takes note that there is room again.
    pub(super) fn has_room(&self) {
        self.is_full.store(false, Ordering::Relaxed);
    }
}

/// Takes some room and gives it back.
///
/// # Errors
/// [`DbError::StorageFull`] where there is none, or the database's.
pub(super) fn try_room(connection: &mut AnyConnection, target: &Target) -> Result<(), DbError> {
    match target {
        Target::Postgres(_) => Ok(connection.batch_execute(TAKE_ROOM)?),
        Target::Sqlite(path) => try_room_beside(path),
    }
}

/// Past SQLite, which may have room inside its files and none outside.
fn try_room_beside(database: &Path) -> Result<(), DbError> {
    let path = beside(database, ".room");
    let written = fs::write(&path, vec![0; ROOM]);
    let removed = fs::remove_file(&path);
    written.and(removed).map_err(|_| DbError::StorageFull)
}
