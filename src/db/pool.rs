//! The database as the server holds it: threads with a connection each, behind desks.
//!
//! Comes in: closures from async code. Goes out: their results, once committed. No connection is ever held across
//! an await, and no async thread ever waits for a database.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{getpriority_process, setpriority_process};
use tokio::sync::oneshot;

use super::checkpoint::keep_checkpointing;
use super::connection::{Purpose, Target, Timeouts};
use super::courier::by_courier;
use super::desk::{Desk, QueueStats, lock};
use super::error::DbError;
use super::lane::{Lane, LaneWork};
use super::log_sync::{Log, LogSync, keep_answering};
use super::session::{Mode, Session, Tx};
use super::storage::{Storage, try_room};
use crate::kernel::{Stopwatch, beside};

/// Much shorter than the lease on which a job is held.
const MOST_REST: Duration = Duration::from_millis(500);

/// How much less of the processor SQLite's writer gets where others want it too: steps of `nice`.
const STANDS_BACK: i32 = 3;

/// How many threads and how much room a database gets.
#[derive(Clone, Debug)]
pub struct DbSettings {
    /// Which database.
    pub target: Target,
    /// Threads that read (and, on PostgreSQL, do the back-office's writes).
    pub pool: usize,
    /// PostgreSQL: threads that redeem, and half as many batches of looks run at once. SQLite: so many batches of looks run
    /// at once; it has one writer.
    pub lanes: usize,
    /// Commands in a batch at most.
    pub batch: usize,
    /// Scans and looks that may wait for their answer, reads and writes that may wait for a thread, each kind by itself.
    pub queue: usize,
    /// How long the database may take.
    pub timeouts: Timeouts,
}

/// The database; clones share it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    settings: DbSettings,
    /// Reads.
    pool: Arc<Desk>,
    /// The back-office's writes: SQLite's one writer, or the pool again.
    writer: Arc<Desk>,
    /// Where the lane runs: SQLite's one writer, or desks of its own.
    lanes: Vec<Arc<Desk>>,
    storage: Storage,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// SQLite: its checkpoints go on until this is dropped.
    checkpoints: Mutex<Option<Sender<()>>>,
    /// SQLite: held as long as this server runs.
    _only_server: Option<File>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("target", &self.inner.settings.target).finish_non_exhaustive()
    }
}

impl Db {
    /// Starts the threads; each connects when it is first needed.
    ///
    /// # Errors
    /// SQLite: another server has the file.
    pub fn open(settings: DbSettings) -> Result<Self, DbError> {
        let only_server = match &settings.target {
            Target::Sqlite(path) => Some(lock_file(path)?),
            Target::Postgres(_) => None,
        };
        let storage = Storage::default();
        let mut threads = Vec::new();
        let session = |purpose| {
            Session::with_purpose(settings.target.clone(), purpose, settings.timeouts)
                .noting(storage.clone())
        };
        let sessions =
            |count: usize, purpose| (0..count.max(1)).map(|_| session(purpose)).collect();
        let mut desk = |name: &str, batches: usize, sessions: Vec<Session>| {
            let batches = batches.clamp(1, sessions.len());
            let desk = Arc::new(Desk::new(settings.queue, batches));
            for session in sessions {
                let at = Arc::clone(&desk);
                threads.push(start(name, move || at.work_off(session))?);
            }
            Ok::<_, DbError>(desk)
        };
        let (log_sync, answers) = LogSync::new();
        let (pool, writer, lanes) = match &settings.target {
            Target::Sqlite(_) => {
                let session = session(Purpose::Write).leaving_sync_to(log_sync);
                let writer = desk("db-writer", 1, vec![session])?;
                writer.submit_next(Box::new(|_| stand_back()))?;
                let readers = sessions(settings.pool, Purpose::Read);
                let reader = desk("db-reader", settings.lanes, readers)?;
                (reader, Arc::clone(&writer), vec![writer])
            }
            Target::Postgres(_) => {
                // The fewer statements are under way, the more looks gather for the next, and save its round trip.
                let pooled = sessions(settings.pool, Purpose::Write);
                let pool = desk("db-pool", settings.lanes / 2, pooled)?;
                let lanes = (0..settings.lanes.max(1))
                    .map(|_| desk("db-lane", 1, sessions(1, Purpose::Lane)))
                    .collect::<Result<_, _>>()?;
                (Arc::clone(&pool), pool, lanes)
            }
        };
        let (checkpoints, end) = channel();
        if let Target::Sqlite(path) = &settings.target {
            let mut log = Log::new(path.clone(), settings.timeouts);
            threads.push(start("db-sync", move || keep_answering(&answers, || log.sync()))?);
            let (session, writer) = (session(Purpose::Write), Arc::clone(&writer));
            let work = move || keep_checkpointing(session, &writer, &end);
            threads.push(start("db-checkpoint", work)?);
        }
        let inner = Inner {
            settings,
            pool,
            writer,
            lanes,
            storage,
            threads: Mutex::new(threads),
            checkpoints: Mutex::new(Some(checkpoints)),
            _only_server: only_server,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs a closure as one transaction that only reads, all of it from one snapshot.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        run(&self.inner.pool, |session| session.transaction(Mode::Read, work)).await
    }

    /// Runs a closure as one transaction that writes.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        run(&self.inner.writer, |session| session.transaction(Mode::Write, work)).await
    }

    /// Runs a closure as one of the many transactions of long work: as [`Db::write`], and where the lane is at work then
    /// rests for as long as the work in it took, half a second at most, so that scans have the database for themselves.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub async fn write_and_rest<T, E>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let timed = move |tx: &mut Tx| {
            let watch = Stopwatch::start();
            work(tx).map(|done| (done, watch.elapsed()))
        };
        let (done, took) = self.write(timed).await?;
        if self.is_redeeming() {
            tokio::time::sleep(rest_behind(took)).await;
        }
        Ok(done)
    }

    /// Whether the lane that writes is at work.
    #[must_use]
    pub fn is_redeeming(&self) -> bool {
        self.inner.lanes.iter().any(|desk| desk.has_batches())
    }

    /// Opens the lane of this mode. There is one of each: opening another takes the first one's place.
    #[must_use]
    pub fn lane<W: LaneWork>(&self, work: W) -> Lane<W> {
        let Inner { settings, lanes, pool, .. } = &*self.inner;
        let desks = match W::MODE {
            Mode::Write => lanes.as_slice(),
            Mode::Read => std::slice::from_ref(pool),
        };
        Lane::open(work, desks, settings.batch, settings.queue)
    }

    /// Whether the pool and every thread of the lane reach the database, and its storage is not full.
    ///
    /// # Errors
    /// The first that does not, or [`DbError::StorageFull`].
    pub async fn check(&self) -> Result<(), DbError> {
        self.read(|_| Ok::<(), DbError>(())).await?;
        for desk in &self.inner.lanes {
            run(desk, |session| session.write(|_| Ok::<(), DbError>(()))).await?;
        }
        if self.inner.storage.is_full() {
            let target = self.inner.settings.target.clone();
            match self.write(move |tx| try_room(tx.connection(), &target)).await {
                // A role that may make no temporary table is told by its writes whether there is room.
                Ok(()) | Err(DbError::Query(_)) => self.inner.storage.has_room(),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// How much work waits for the pool and for the writer.
    #[must_use]
    pub fn queue_stats(&self) -> (QueueStats, QueueStats) {
        (self.inner.pool.stats(), self.inner.writer.stats())
    }

    /// SQLite: bytes of the file, and of its write-ahead log.
    #[must_use]
    pub fn file_sizes(&self) -> Option<(u64, u64)> {
        let Target::Sqlite(path) = &self.inner.settings.target else { return None };
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
        Some((bytes(path), bytes(&beside(path, "-wal"))))
    }

    /// Finishes what waits and ends the threads.
    pub fn close(&self) {
        for desk in self.inner.lanes.iter().chain([&self.inner.pool, &self.inner.writer]) {
            desk.close();
        }
        lock(&self.inner.checkpoints).take();
        for thread in lock(&self.inner.threads).drain(..) {
            drop(thread.join());
        }
    }
}

/// How long long work rests behind a transaction.
fn rest_behind(took: Duration) -> Duration {
    took.min(MOST_REST)
}

/// Lets this thread stand back behind those that answer: where more comes than can be done, they have the rest to send
/// away. On Linux each thread has a priority of its own, elsewhere only the process has one.
fn stand_back() {
    if cfg!(target_os = "linux") {
        let lowered =
            getpriority_process(None).and_then(|now| setpriority_process(None, now + STANDS_BACK));
        if let Err(error) = lowered {
            log::warn!("SQLite's writer keeps its priority: {error}");
        }
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, DbError> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map_err(|error| DbError::Unavailable(error.to_string()))
}

async fn run<T, E>(
    desk: &Desk,
    work: impl FnOnce(&mut Session) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    desk.submit(Box::new(move |session| {
        let outcome = work(session);
        // The one who asked may have gone away, and then nobody waits for the answer.
        session.once_on_disk(|told| {
            let told = told.map_err(|cause| DbError::OutcomeUnknown(cause).into());
            drop(reply.send(told.and(outcome)));
        });
    }))?;
    by_courier(answer).await.unwrap_or_else(|_| Err(DbError::NoAnswer.into()))
}

fn lock_file(database: &Path) -> Result<File, DbError> {
    let path = beside(database, ".server-lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| DbError::Unavailable(format!("{}: {error}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DbError::Unavailable(format!(
            "another ticketgate server has {} open; SQLite serves one server, for several set \
             DATABASE_URL to a PostgreSQL database",
            database.display()
        ))),
        Err(TryLockError::Error(error)) => {
            Err(DbError::Unavailable(format!("{}: {error}", path.display())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_work_rests_as_long_as_it_worked_and_half_a_second_at_most() {
        let rest = |milliseconds| rest_behind(Duration::from_millis(milliseconds)).as_millis();
        assert_eq!([0, 20, 500, 501, 8000].map(rest), [0, 20, 500, 500, 500]);
    }
}
