//! Moves what was committed from SQLite's write-ahead log into its file, beside the writer and not in its way.
//!
//! Left to itself the writer does it in the middle of its work, and every scan waits meanwhile. It still does where the
//! log has grown long, but then finds little left to do.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use diesel::connection::SimpleConnection;

use super::connection::AnyConnection;
use super::session::Session;

/// How long what was committed stays in the log only.
const EVERY: Duration = Duration::from_millis(100);

/// What the thread does until its other end is dropped.
pub(super) fn keep_checkpointing(mut session: Session, end: &Receiver<()>) {
    while end.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        // Where it fails, the writer meets the same trouble and tells of it.
        if let Ok(AnyConnection::Sqlite(connection)) = session.connection() {
            drop(connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE);"));
        }
    }
}
