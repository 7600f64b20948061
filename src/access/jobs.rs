//! Keeps the tables of log-ins small: deletes sessions that ended long ago, and failures that no longer count.

use chrono::TimeDelta;

use super::error::AccessError;
use super::lockout;
use super::store;
use crate::db::{Db, Tx};
use crate::kernel::Timestamp;

/// How long a session is kept after its end.
const ENDED_SESSIONS_KEPT: TimeDelta = TimeDelta::days(30);
/// Names with failures that are kept beside those that are locked: names that nobody has must not fill the disk.
const NAMES_KEPT: i64 = 100_000;
/// Rows that are deleted in one transaction.
const CHUNK: i64 = 500;

/// Deletes what is old, a chunk in each transaction, until nothing is; counts the rows.
///
/// # Errors
/// The database's.
pub async fn prune_log_ins(db: &Db, now: Timestamp) -> Result<usize, AccessError> {
    let mut total = 0;
    loop {
        let deleted = db.write(move |tx| prune_chunk(tx, now)).await?;
        if deleted == 0 {
            return Ok(total);
        }
        total += deleted;
    }
}

fn prune_chunk(tx: &mut Tx, now: Timestamp) -> Result<usize, AccessError> {
    let sessions = store::delete_old_sessions(tx, now.plus(-ENDED_SESSIONS_KEPT), CHUNK)?;
    let forgotten = now.plus(-lockout::REMEMBERED);
    let failures = store::delete_old_failures(tx, (forgotten, now), NAMES_KEPT, CHUNK)?;
    Ok(sessions + failures)
}
