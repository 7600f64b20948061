//! Waits for the disk in the writer's place: who asked is told once what was committed into SQLite's write-ahead log
//! survives a power cut.
//!
//! Comes in: the answer to each transaction of the writer, behind its commit. Goes out: the same, behind a sync of the log.
//! Meanwhile the writer goes on with the next transaction, and one sync serves all that were committed before it. Those
//! who read may see a commit a moment before it is on the disk.

use std::fs::{self, File, Metadata};
use std::io;
use std::iter;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SendError, SyncSender, sync_channel};

use super::connection::{Purpose, Timeouts, connect_sqlite};
use super::error::DbError;
use super::wal::checkpoint;
use crate::kernel::beside;

/// Answers that wait for the disk at most; the writer then waits too.
const MOST_WAITING: usize = 16;

/// Whether all is on the disk, or why nobody knows.
pub(super) type OnDisk = Result<(), String>;

/// Tells it to those who asked.
type Tell = Box<dyn FnOnce(OnDisk) + Send>;

/// The way to the thread that waits, which ends once this is dropped.
#[derive(Debug)]
pub(super) struct LogSync {
    answers: SyncSender<Tell>,
}

/// What that thread takes from.
pub(super) type Answers = Receiver<Tell>;

impl LogSync {
    pub(super) fn new() -> (Self, Answers) {
        let (answers, waiting) = sync_channel(MOST_WAITING);
        (Self { answers }, waiting)
    }

    /// Has this told behind the next sync.
    pub(super) fn once_on_disk(&self, tell: Tell) {
        if let Err(SendError(tell)) = self.answers.send(tell) {
            tell(Err("nobody waits for the disk any more".to_owned()));
        }
    }
}

/// What the thread does until nobody can send it answers any more.
pub(super) fn keep_answering(answers: &Answers, mut sync: impl FnMut() -> OnDisk) {
    while let Ok(first) = answers.recv() {
        let committed: Vec<Tell> = iter::once(first).chain(answers.try_iter()).collect();
        let outcome = sync();
        for tell in committed {
            tell(outcome.clone());
        }
    }
}

/// The log of a database.
#[derive(Debug)]
pub(super) struct Log {
    database: PathBuf,
    timeouts: Timeouts,
    /// Where the log is, once it was looked for.
    path: Option<PathBuf>,
    /// Stays open: Linux tells each open file of a page that was lost, and not who opens it when somebody else was told.
    file: Option<File>,
    /// A sync has failed. A later one says nothing about the pages that it lost, and what is appended behind them is lost
    /// with them, until the log is begun anew.
    is_doubtful: bool,
}

impl Log {
    pub(super) fn new(database: PathBuf, timeouts: Timeouts) -> Self {
        Self { database, timeouts, path: None, file: None, is_doubtful: false }
    }

    /// Returns once everything that was committed is on the disk.
    ///
    /// # Errors
    /// Nobody knows whether it is.
    pub(super) fn sync(&mut self) -> OnDisk {
        if !self.is_doubtful {
            let Err(error) = self.sync_file() else { return Ok(()) };
            log::error!("failed to sync SQLite's write-ahead log, which is begun anew: {error}");
            self.is_doubtful = true;
        }
        self.begin_anew().map_err(|error| error.to_string())?;
        self.is_doubtful = false;
        Ok(())
    }

    /// SQLite makes another file of this name where its last connection was closed. A link to the database is followed,
    /// as SQLite does, which has the log beside the file itself.
    fn sync_file(&mut self) -> io::Result<()> {
        let path = match &mut self.path {
            Some(path) => path,
            none => none.insert(beside(&fs::canonicalize(&self.database)?, "-wal")),
        };
        let place = |file: &Metadata| (file.dev(), file.ino());
        let there = place(&fs::metadata(&*path)?);
        let file = match self.file.take() {
            Some(file) if place(&file.metadata()?) == there => file,
            _ => File::open(path)?,
        };
        self.file.insert(file).sync_data()
    }

    /// Moves the whole log into the database's file, which is synced, and empties it.
    fn begin_anew(&self) -> Result<(), DbError> {
        let mut connection = connect_sqlite(&self.database, Purpose::Write, &self.timeouts)?;
        let told = checkpoint(&mut connection, "TRUNCATE")?;
        let late = || DbError::TimedOut("somebody reads from the log".to_owned());
        if told.busy == 0 { Ok(()) } else { Err(late()) }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::path::Path;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use diesel::connection::SimpleConnection;
    use diesel::sqlite::SqliteConnection;

    use super::*;

    #[test]
    fn all_that_waits_is_told_behind_one_sync() {
        let (log_sync, answers) = LogSync::new();
        let (note, notes) = channel();
        for name in ["first", "second"] {
            let note = note.clone();
            log_sync
                .once_on_disk(Box::new(move |told| note.send(format!("{name} {told:?}")).unwrap()));
        }
        drop(log_sync);
        keep_answering(&answers, || {
            note.send("sync".to_owned()).unwrap();
            Err("the disk broke".to_owned())
        });
        let notes: Vec<String> = notes.try_iter().collect();
        let broke = |name| format!("{name} Err(\"the disk broke\")");
        assert_eq!(notes, ["sync".to_owned(), broke("first"), broke("second")]);
    }

    #[test]
    fn what_is_sent_during_a_sync_is_told_behind_the_next() {
        let (log_sync, answers) = LogSync::new();
        let log_sync = RefCell::new(Some(log_sync));
        let (note, notes) = channel();
        let send = |name: &'static str| {
            let note = note.clone();
            let tell = Box::new(move |told| note.send(format!("{name} {told:?}")).unwrap());
            if let Some(log_sync) = &*log_sync.borrow() {
                log_sync.once_on_disk(tell);
            }
        };
        send("before");
        keep_answering(&answers, || {
            note.send("sync".to_owned()).unwrap();
            send("during");
            log_sync.take();
            Ok(())
        });
        let notes: Vec<String> = notes.try_iter().collect();
        assert_eq!(notes, ["sync", "before Ok(())", "sync", "during Ok(())"]);
    }

    #[test]
    fn once_nobody_waits_for_the_disk_nothing_is_told_as_kept() {
        let (log_sync, answers) = LogSync::new();
        drop(answers);
        let (note, notes) = channel();
        log_sync.once_on_disk(Box::new(move |told| note.send(told).unwrap()));
        assert_eq!(
            notes.try_iter().collect::<Vec<_>>(),
            [Err("nobody waits for the disk any more".to_owned())]
        );
    }

    /// A database with something in its log.
    fn database(folder: &tempfile::TempDir) -> (PathBuf, SqliteConnection) {
        let path = folder.path().join("ticketgate.db");
        let mut connection = connect_sqlite(&path, Purpose::Write, &Timeouts::default()).unwrap();
        connection.batch_execute("CREATE TABLE one (x);").unwrap();
        (path, connection)
    }

    fn log_length(database: &Path) -> u64 {
        fs::metadata(beside(database, "-wal")).unwrap().len()
    }

    #[test]
    fn a_log_is_synced_where_it_is_also_behind_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (path, connection) = database(&folder);
        let link = beside(&path, ".link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        for name in [&path, &link] {
            let mut log = Log::new(name.clone(), Timeouts::default());
            log.sync().unwrap();
            assert!(!log.is_doubtful, "it was found and synced");
        }
        assert!(log_length(&path) > 0, "it was not begun anew");
        drop(connection);
    }

    #[test]
    fn a_log_that_was_made_anew_is_the_one_that_is_synced() {
        let folder = tempfile::tempdir().unwrap();
        let (path, connection) = database(&folder);
        let mut log = Log::new(path.clone(), Timeouts::default());
        let synced = |log: &Log| log.file.as_ref().map(|file| file.metadata().unwrap().len());
        log.sync().unwrap();
        assert_eq!(synced(&log), Some(log_length(&path)));
        drop(connection);
        let mut connection = connect_sqlite(&path, Purpose::Write, &Timeouts::default()).unwrap();
        connection.batch_execute("INSERT INTO one VALUES (1);").unwrap();
        log.sync().unwrap();
        assert_ne!(log_length(&path), 0);
        assert_eq!(synced(&log), Some(log_length(&path)));
    }

    #[test]
    fn behind_a_sync_that_failed_nothing_is_on_the_disk_until_the_log_was_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut connection) = database(&folder);
        let timeouts = Timeouts { lock: Duration::from_millis(1), ..Timeouts::default() };
        let mut reader = connect_sqlite(&path, Purpose::Read, &timeouts).unwrap();
        reader.batch_execute("BEGIN; SELECT * FROM one;").unwrap();
        connection.batch_execute("INSERT INTO one VALUES (1);").unwrap();
        let mut log = Log::new(path.clone(), timeouts);
        log.path = Some(folder.path().join("nowhere.db-wal"));
        let late = Err("finish in time: somebody reads from the log".to_owned());
        assert_eq!(log.sync(), late);
        log.path = None;
        assert_eq!(log.sync(), late, "it is there again, and not trusted");
        reader.batch_execute("COMMIT;").unwrap();
        log.sync().unwrap();
        assert_eq!(log_length(&path), 0);
        connection.batch_execute("INSERT INTO one VALUES (1);").unwrap();
        log.sync().unwrap();
        assert!(log_length(&path) > 0, "begun anew it is trusted again");
    }
}
