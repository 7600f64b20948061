//! What goes on behind requests: writes down when keys were last used, and keeps the tables of log-ins small.

use chrono::TimeDelta;

use super::authenticate::Authenticator;
use super::error::AccessError;
use super::{lockout, store};
use crate::db::{Db, Tx};
use crate::kernel::Timestamp;

/// Keys in a transaction at most, so that scans do not wait for it.
const CHUNK: usize = 256;
/// How long a session is kept after its end.
const ENDED_SESSIONS_KEPT: TimeDelta = TimeDelta::days(30);
/// Names with failures that are kept beside those that are locked: names that nobody has must not fill the disk.
const NAMES_KEPT: i64 = 100_000;
/// Rows that are deleted in one transaction.
const ROWS: i64 = 500;

/// Writes some of the uses that the authenticator noted, in one transaction; says how many it took up.
///
/// # Errors
/// The database's; what was not written is noted still.
pub async fn write_last_uses(authenticator: &Authenticator) -> Result<usize, AccessError> {
    let uses = authenticator.uses().take(CHUNK);
    if uses.is_empty() {
        return Ok(0);
    }
    let taken = uses.clone();
    let written = authenticator.db().write(move |tx| {
        taken.iter().try_for_each(|(key, at)| store::write_use(tx, key, *at))?;
        Ok::<(), AccessError>(())
    });
    match written.await {
        Ok(()) => Ok(uses.len()),
        Err(error) => {
            authenticator.uses().give_back(uses);
            Err(error)
        }
    }
}

/// Deletes what is old, a chunk in each transaction, until nothing is; counts the rows.
///
/// # Errors
/// The database's.
pub async fn prune_log_ins(db: &Db, now: Timestamp) -> Result<usize, AccessError> {
    let mut total = 0;
    loop {
        let deleted = db.write_and_rest(move |tx| prune_chunk(tx, now)).await?;
        if deleted == 0 {
            return Ok(total);
        }
        total += deleted;
    }
}

fn prune_chunk(tx: &mut Tx, now: Timestamp) -> Result<usize, AccessError> {
    let sessions = store::delete_old_sessions(tx, now.plus(-ENDED_SESSIONS_KEPT), ROWS)?;
    let forgotten = now.plus(-lockout::REMEMBERED);
    let failures = store::delete_old_failures(tx, (forgotten, now), NAMES_KEPT, ROWS)?;
    Ok(sessions + failures)
}
