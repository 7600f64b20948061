//! The database as the server holds it: threads with a connection each, behind desks.
//!
//! Comes in: closures from async code. Goes out: their results, once committed. No connection is ever held across
//! an await, and no async thread ever waits for a database.

use std::fs::{File, TryLockError};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::connection::{Purpose, Target, Timeouts};
use super::desk::{Desk, QueueStats, lock};
use super::error::DbError;
use super::lane::{Lane, LaneWork};
use super::session::{Mode, Session, Tx};

/// How many threads and how much room a database gets.
#[derive(Clone, Debug)]
pub struct DbSettings {
    /// Which database.
    pub target: Target,
    /// Threads that read (and, on PostgreSQL, do the back-office's writes).
    pub pool: usize,
    /// PostgreSQL: threads of the lane. SQLite has one writer.
    pub lanes: usize,
    /// Commands in a batch at most.
    pub batch: usize,
    /// Commands, reads and writes that may wait, each kind by itself.
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
    threads: Mutex<Vec<JoinHandle<()>>>,
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
        let mut threads = Vec::new();
        let mut desk = |name: &str, count: usize, purpose: Purpose| -> Result<Arc<Desk>, DbError> {
            let desk = Arc::new(Desk::new(settings.queue));
            for _ in 0..count.max(1) {
                let session =
                    Session::with_purpose(settings.target.clone(), purpose, settings.timeouts);
                let at = Arc::clone(&desk);
                let thread = thread::Builder::new()
                    .name(name.to_owned())
                    .spawn(move || at.work_off(session))
                    .map_err(|error| DbError::Unavailable(error.to_string()))?;
                threads.push(thread);
            }
            Ok(desk)
        };
        let (pool, writer, lanes) = match &settings.target {
            Target::Sqlite(_) => {
                let writer = desk("db-writer", 1, Purpose::Write)?;
                (
                    desk("db-reader", settings.pool, Purpose::Read)?,
                    Arc::clone(&writer),
                    vec![writer],
                )
            }
            Target::Postgres(_) => {
                let pool = desk("db-pool", settings.pool, Purpose::Write)?;
                let lanes = (0..settings.lanes.max(1))
                    .map(|_| desk("db-lane", 1, Purpose::Lane))
                    .collect::<Result<_, _>>()?;
                (Arc::clone(&pool), pool, lanes)
            }
        };
        let threads = Mutex::new(threads);
        let inner = Inner { settings, pool, writer, lanes, threads, _only_server: only_server };
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
        run(&self.inner.pool, Mode::Read, work).await
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
        run(&self.inner.writer, Mode::Write, work).await
    }

    /// Asks for room for one more read, before work is spent on what it is for. A quarter of the queue is kept for
    /// reads that do not ask: those behind every scan, such as who sends it.
    ///
    /// # Errors
    /// [`DbError::Busy`] when the rest is full.
    pub fn ask_for_room(&self) -> Result<(), DbError> {
        let QueueStats { waiting, capacity } = self.inner.pool.stats();
        QueueStats { waiting, capacity: capacity - capacity / 4 }.ask_for_room()
    }

    /// Opens the batch lane. There is one: opening another takes the first one's place.
    #[must_use]
    pub fn lane<W: LaneWork>(&self, work: W) -> Lane<W> {
        let settings = &self.inner.settings;
        Lane::open(work, &self.inner.lanes, settings.batch, settings.queue)
    }

    /// Whether the pool and every thread of the lane reach the database.
    ///
    /// # Errors
    /// The first that does not.
    pub async fn check(&self) -> Result<(), DbError> {
        self.read(|_| Ok::<(), DbError>(())).await?;
        for desk in &self.inner.lanes {
            run(desk, Mode::Write, |_| Ok::<(), DbError>(())).await?;
        }
        Ok(())
    }

    /// How much work waits for the pool and for the writer.
    #[must_use]
    pub fn queue_stats(&self) -> (QueueStats, QueueStats) {
        (self.inner.pool.stats(), self.inner.writer.stats())
    }

    /// Finishes what waits and ends the threads.
    pub fn close(&self) {
        for desk in self.inner.lanes.iter().chain([&self.inner.pool, &self.inner.writer]) {
            desk.close();
        }
        for thread in lock(&self.inner.threads).drain(..) {
            drop(thread.join());
        }
    }
}

async fn run<T, E>(
    desk: &Desk,
    mode: Mode,
    work: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    desk.submit(Box::new(move |session| {
        // The one who asked may have gone away, and then nobody waits for the answer.
        drop(reply.send(session.transaction(mode, work)));
    }))?;
    answer.await.unwrap_or_else(|_| Err(DbError::NoAnswer.into()))
}

fn lock_file(database: &std::path::Path) -> Result<File, DbError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".server-lock");
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
