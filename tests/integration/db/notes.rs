//! A lane over a table of the test's own, whose batches the test can hold and look into.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use actix_web::rt;
use ticketgate::db::{
    Db, DbError, DbSettings, Lane, LaneWork, Mode, Session, Statement, Target, Tx,
};
use tokio::task::JoinHandle;

use crate::support::TestDatabase;
use crate::support::tables::{lines, number, run};

/// What the lane did, in order: a batch as its numbers, a back-office write as its name.
pub type Log = Arc<Mutex<Vec<String>>>;

/// What happens when a note is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing more.
    Write,
    /// The batch says that it has begun, and waits until the test lets it go on.
    Hold,
    /// A statement fails.
    Fail,
    /// It takes longer than it may.
    Late,
    /// The program fails.
    Panic,
    /// The connection is cut before the commit (PostgreSQL).
    Cut,
}

/// A command: writes a row.
#[derive(Clone, Debug)]
pub struct Note {
    pub key: &'static str,
    pub number: i64,
    pub then: Then,
}

pub struct Notes {
    log: Log,
    begun: Mutex<Sender<()>>,
    go_on: Mutex<Receiver<()>>,
    target: Target,
}

impl LaneWork for Notes {
    type Command = Note;
    type Answer = usize;

    const MODE: Mode = Mode::Write;

    fn key<'c>(&self, note: &'c Note) -> Option<&'c str> {
        Some(note.key)
    }

    fn run(&self, tx: &mut Tx, batch: &[Note]) -> Result<Vec<usize>, DbError> {
        let numbers: Vec<String> = batch.iter().map(|note| note.number.to_string()).collect();
        self.log.lock().unwrap().push(numbers.join(" "));
        for note in batch {
            insert(tx, note.key, note.number)?;
            match note.then {
                Then::Write => {}
                Then::Hold => {
                    self.begun.lock().unwrap().send(()).unwrap();
                    self.go_on.lock().unwrap().recv().unwrap();
                }
                Then::Fail => insert(tx, note.key, note.number)?,
                Then::Late => return Err(DbError::TimedOut("as the test wants it".to_owned())),
                Then::Panic => panic!("as the test wants it"),
                Then::Cut => cut(&self.target, backend(tx)?),
            }
        }
        Ok(vec![batch.len(); batch.len()])
    }
}

/// Writes a row.
pub fn insert(tx: &mut Tx, key: &str, number: i64) -> Result<(), DbError> {
    let statement = Statement::new("INSERT INTO notes (number, key) VALUES (").integer(number);
    statement.sql(", ").text(key).sql(")").execute(tx).map(drop)
}

#[derive(diesel::QueryableByName)]
struct Backend {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pid: i64,
}

/// PostgreSQL: the process at the other end of the connection.
pub fn backend(tx: &mut Tx) -> Result<i64, DbError> {
    let rows: Vec<Backend> = Statement::new("SELECT pg_backend_pid()::bigint AS pid").load(tx)?;
    Ok(rows[0].pid)
}

/// PostgreSQL: ends a connection from outside, and waits until it is over.
pub fn cut(target: &Target, backend: i64) {
    let sql = format!("SELECT pg_terminate_backend({backend}, 5000)");
    run(&mut Session::new(target.clone()), &sql);
}

/// A database with the lane.
pub struct Bench {
    pub database: TestDatabase,
    pub db: Db,
    pub lane: Arc<Lane<Notes>>,
    pub log: Log,
    begun: Receiver<()>,
    go_on: Sender<()>,
}

impl Bench {
    /// With these limits; one thread of the lane on PostgreSQL too.
    pub fn new(batch: usize, queue: usize) -> Self {
        let database = TestDatabase::empty();
        run(
            &mut database.session(),
            "CREATE TABLE notes (number BIGINT NOT NULL PRIMARY KEY, key TEXT NOT NULL)",
        );
        let settings = DbSettings { pool: 1, lanes: 1, batch, queue, ..database.settings() };
        let db = Db::open(settings).unwrap();
        let ((say_begun, begun), (go_on, may_go_on)) = (channel(), channel());
        let log = Log::default();
        let lane = Arc::new(db.lane(Notes {
            log: Arc::clone(&log),
            begun: Mutex::new(say_begun),
            go_on: Mutex::new(may_go_on),
            target: database.target(),
        }));
        Self { database, db, lane, log, begun, go_on }
    }

    /// Begins a batch with note 0 alone and keeps it from going on.
    pub async fn hold(&self) -> JoinHandle<Result<usize, DbError>> {
        let lane = Arc::clone(&self.lane);
        let note = Note { key: "held", number: 0, then: Then::Hold };
        let held = rt::spawn(async move { lane.submit(note).await });
        tokio::task::yield_now().await;
        self.wait_for_a_hold();
        held
    }

    /// Waits until a batch has begun that is held.
    pub fn wait_for_a_hold(&self) {
        self.begun.recv().unwrap();
    }

    /// Lets the held batch go on.
    pub fn release(&self) {
        self.go_on.send(()).unwrap();
    }

    /// Queues notes behind the held batch, one after the other.
    pub async fn queue(&self, notes: &[Note]) -> Vec<JoinHandle<Result<usize, DbError>>> {
        let mut answers = Vec::new();
        for note in notes {
            let (lane, note) = (Arc::clone(&self.lane), note.clone());
            let waiting = self.lane.queue_stats().waiting;
            answers.push(rt::spawn(async move { lane.submit(note).await }));
            while self.lane.queue_stats().waiting == waiting {
                tokio::task::yield_now().await;
            }
        }
        answers
    }

    /// What the lane did.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// The numbers in the table.
    pub fn numbers(&self) -> Vec<String> {
        lines(
            &mut self.database.session(),
            "SELECT cast(number AS text) AS value FROM notes ORDER BY number",
        )
    }

    /// How many rows there are.
    pub fn rows(&self) -> i64 {
        number(&mut self.database.session(), "SELECT count(*) AS value FROM notes")
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // A batch that a failed test has left held.
        let _released = self.go_on.send(());
        self.db.close();
    }
}

/// The answers of queued notes: the size of the batch that each was in.
pub async fn sizes(
    answers: Vec<JoinHandle<Result<usize, DbError>>>,
) -> Vec<Result<usize, DbError>> {
    let mut sizes = Vec::new();
    for answer in answers {
        sizes.push(answer.await.unwrap());
    }
    sizes
}

/// Notes with these keys, numbered from 1.
pub fn notes(keys: &[&'static str]) -> Vec<Note> {
    let note = |(key, number): (&&'static str, i64)| Note { key, number, then: Then::Write };
    keys.iter().zip(1..).map(note).collect()
}
