//! Moves what was committed from SQLite's write-ahead log into its file, beside the writer and not in its way.
//!
//! Left to itself the writer does it in the middle of its work, and every scan waits meanwhile. A pass costs a write to
//! the disk for each page, wherever that lies, so the log is let grow: what was changed often in it is moved once.
//! Only where nothing is left to move is the log begun anew, and beside a busy writer something always is. So once the log
//! is long, pass follows pass, each with less to move than the one before, until the writer itself moves the little that
//! is left.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::connection::AnyConnection;
use super::desk::Desk;
use super::session::Session;
use super::wal::{Log, checkpoint};
use crate::kernel::Stopwatch;

/// How often the log is looked at.
const EVERY: Duration = Duration::from_millis(100);
/// How long what was committed stays in the log only.
const AT_LATEST: Duration = Duration::from_secs(5);
/// Pages of a log that is long: 64 MiB, or 128 MiB in a database of an earlier release, whose pages are larger.
const LONG: i64 = 32_768;
/// Pages that the writer moves without anybody noticing.
const FEW: i64 = 200;

/// What the thread does until its other end is dropped.
pub(super) fn keep_checkpointing(mut session: Session, writer: &Desk, end: &Receiver<()>) {
    let mut since_last = Stopwatch::start();
    while end.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        let Some(log) = ask(&mut session, "NOOP") else { continue };
        if log.pages >= LONG || since_last.elapsed() >= AT_LATEST {
            move_all(&mut session, writer, log.moved);
            since_last = Stopwatch::start();
        }
    }
}

fn move_all(session: &mut Session, writer: &Desk, moved_before: i64) {
    let (mut moved_before, mut least) = (moved_before, i64::MAX);
    while let Some(log) = pass(session) {
        let moved = log.moved - moved_before;
        if log.pages < LONG {
            return;
        }
        if moved <= FEW || moved >= least {
            return let_the_writer_end_it(writer);
        }
        (moved_before, least) = (log.moved, moved);
    }
}

fn let_the_writer_end_it(writer: &Desk) {
    let (tell, told) = channel();
    let job = move |session: &mut Session| {
        // Nobody waits for what it tells where the server ends meanwhile.
        tell.send(pass(session)).unwrap_or_default();
    };
    if writer.submit_next(Box::new(job)).is_ok() {
        told.recv().unwrap_or_default();
    }
}

fn pass(session: &mut Session) -> Option<Log> {
    ask(session, "PASSIVE")
}

/// Where it fails, the writer meets the same trouble and tells of it.
fn ask(session: &mut Session, mode: &str) -> Option<Log> {
    let AnyConnection::Sqlite(connection) = session.connection().ok()? else { return None };
    checkpoint(connection, mode).ok()
}
