//! One connection and the transactions on it.
//!
//! Comes in: a closure. Goes out: its result once it is committed; a broken connection is replaced by itself.

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};

use super::connection::{AnyConnection, Purpose, Target, Timeouts, leave_sync};
use super::dialect;
use super::error::DbError;
use super::log_sync::{LogSync, OnDisk};
use super::storage::Storage;

/// An open transaction: what use cases take and stores run their queries on.
#[derive(Debug)]
pub struct Tx {
    connection: AnyConnection,
}

impl Tx {
    /// The connection, for a store's queries.
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One snapshot, nothing written.
    Read,
    /// Reads and writes; on SQLite the one writer from its first statement on.
    Write,
}

/// A connection that is opened when it is first needed and again after it broke.
#[derive(Debug)]
pub struct Session {
    target: Target,
    purpose: Purpose,
    storage: Storage,
    timeouts: Timeouts,
    /// Who waits for the disk in this session's place.
    log_sync: Option<LogSync>,
    tx: Option<Tx>,
}

impl Session {
    /// A session for commands and start-up, which have no threads of their own.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self::with_purpose(target, Purpose::Write, Timeouts::default())
    }

    pub(super) fn with_purpose(target: Target, purpose: Purpose, timeouts: Timeouts) -> Self {
        Self { target, purpose, timeouts, storage: Storage::default(), log_sync: None, tx: None }
    }

    /// The same, which notes here that the storage is full.
    pub(super) fn noting(self, storage: Storage) -> Self {
        Self { storage, ..self }
    }

    /// The same, whose commits do not wait for the disk: what comes of them is told by [`Self::once_on_disk`].
    pub(super) fn leaving_sync_to(self, log_sync: LogSync) -> Self {
        Self { log_sync: Some(log_sync), ..self }
    }

    /// Tells what came of the work so far, once what it committed survives a power cut.
    pub(super) fn once_on_disk(&self, tell: impl FnOnce(OnDisk) + Send + 'static) {
        match &self.log_sync {
            Some(log_sync) => log_sync.once_on_disk(Box::new(tell)),
            None => tell(Ok(())),
        }
    }

    /// Where it is noted that the storage is full.
    pub(super) fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Runs one transaction that writes.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub fn write<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction(Mode::Write, work)
    }

    /// Runs one transaction that only reads.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub fn read<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction(Mode::Read, work)
    }

    pub(super) fn transaction<T, E: From<DbError>>(
        &mut self,
        mode: Mode,
        work: impl FnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin(mode)?;
        match work(&mut tx) {
            Ok(value) => {
                self.commit(tx)?;
                Ok(value)
            }
            Err(error) => match rollback(&mut tx) {
                Ok(()) => {
                    self.tx = Some(tx);
                    Err(error)
                }
                // SQLite has rolled back already where its disk is full.
                Err(_) if matches!(self.target, Target::Sqlite(_)) => Err(error),
                // A connection that cannot roll back is gone, and that is why the work failed.
                Err(cause) => Err(DbError::Unavailable(cause.to_string()).into()),
            },
        }
    }

    /// Runs work of a single statement that reads, which is its own snapshot, without a transaction around it. On a
    /// connection that has died idle it fails, and is run again on a new one.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub(super) fn read_one<T, E: From<DbError>>(
        &mut self,
        work: impl Fn(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.take()?;
        let mut outcome = work(&mut tx);
        if outcome.is_err() && !dialect::answers(tx.connection()) {
            tx = self.open()?;
            outcome = work(&mut tx);
        }
        // Should it have broken again, whoever needs it next finds out.
        self.tx = Some(tx);
        outcome
    }

    /// The connection outside any transaction, for migrations.
    pub(super) fn connection(&mut self) -> Result<&mut AnyConnection, DbError> {
        let tx = self.take()?;
        Ok(&mut self.tx.insert(tx).connection)
    }

    /// The connection at hand, or else a new one.
    fn take(&mut self) -> Result<Tx, DbError> {
        match self.tx.take() {
            Some(tx) => Ok(tx),
            None => self.open(),
        }
    }

    fn open(&self) -> Result<Tx, DbError> {
        let mut connection = self.target.connect(self.purpose, &self.timeouts)?;
        if self.log_sync.is_some() {
            leave_sync(&mut connection)?;
        }
        Ok(Tx { connection })
    }

    /// Begins on the connection at hand; if that one has died idle, on a new one.
    fn begin(&mut self, mode: Mode) -> Result<Tx, DbError> {
        if let Some(mut tx) = self.tx.take()
            && begin(&mut tx, mode).is_ok()
        {
            return Ok(tx);
        }
        let mut tx = self.open()?;
        begin(&mut tx, mode)?;
        Ok(tx)
    }

    fn commit(&mut self, mut tx: Tx) -> Result<(), DbError> {
        let Err(error) = commit(&mut tx) else {
            self.tx = Some(tx);
            return Ok(());
        };
        // SQLite leaves a failed commit's transaction open; PostgreSQL has ended it.
        let still_there = rollback(&mut tx).is_ok() || dialect::answers(tx.connection());
        if still_there {
            self.tx = Some(tx);
            let error = error.into();
            self.storage.note(&error);
            return Err(error);
        }
        Err(DbError::OutcomeUnknown(error.to_string()))
    }
}

fn begin(tx: &mut Tx, mode: Mode) -> QueryResult<()> {
    match &mut tx.connection {
        AnyConnection::Sqlite(connection) => AnsiTransactionManager::begin_transaction_sql(
            connection,
            if mode == Mode::Write { "BEGIN IMMEDIATE" } else { "BEGIN" },
        ),
        AnyConnection::Postgres(connection) => AnsiTransactionManager::begin_transaction_sql(
            connection,
            if mode == Mode::Write {
                "BEGIN ISOLATION LEVEL READ COMMITTED"
            } else {
                "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
            },
        ),
    }
}

fn commit(tx: &mut Tx) -> QueryResult<()> {
    match &mut tx.connection {
        AnyConnection::Sqlite(connection) => commit_on(connection),
        AnyConnection::Postgres(connection) => commit_on(connection),
    }
}

fn rollback(tx: &mut Tx) -> QueryResult<()> {
    match &mut tx.connection {
        AnyConnection::Sqlite(connection) => rollback_on(connection),
        AnyConnection::Postgres(connection) => rollback_on(connection),
    }
}

fn commit_on<C: Connection>(connection: &mut C) -> QueryResult<()> {
    <C::TransactionManager as TransactionManager<C>>::commit_transaction(connection)
}

fn rollback_on<C: Connection>(connection: &mut C) -> QueryResult<()> {
    <C::TransactionManager as TransactionManager<C>>::rollback_transaction(connection)
}
