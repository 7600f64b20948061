//! A lane of reads: what goes together, and who does not wait for it.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use actix_web::rt;
use ticketgate::db::{Db, DbError, DbSettings, Lane, LaneWork, Mode, Tx};

use super::notes::{backend, cut};
use crate::support::TestDatabase;
use crate::support::database::{is_postgres, not_run};

/// Tells each command how many were in its batch; one that holds keeps its batch from going on.
struct Held {
    begun: Mutex<Sender<()>>,
    go_on: Mutex<Receiver<()>>,
}

impl LaneWork for Held {
    type Command = bool;
    type Answer = usize;

    const MODE: Mode = Mode::Read;

    fn key<'c>(&self, _: &'c bool) -> Option<&'c str> {
        None
    }

    fn run(&self, _: &mut Tx, batch: &[bool]) -> Result<Vec<usize>, DbError> {
        if batch.contains(&true) {
            self.begun.lock().unwrap().send(()).unwrap();
            self.go_on.lock().unwrap().recv().unwrap();
        }
        Ok(vec![batch.len(); batch.len()])
    }
}

/// A database with two threads that read, one of which at a time runs a batch.
fn open(database: &TestDatabase) -> Db {
    let lanes = if is_postgres() { 2 } else { 1 };
    Db::open(DbSettings { pool: 2, lanes, ..database.settings() }).unwrap()
}

#[actix_web::test]
async fn looks_gather_while_as_many_batches_run_as_may_and_other_reads_go_on() {
    let database = TestDatabase::empty();
    let db = open(&database);
    let ((say_begun, begun), (go_on, may_go_on)) = (channel(), channel());
    let work = Held { begun: Mutex::new(say_begun), go_on: Mutex::new(may_go_on) };
    let lane: Arc<Lane<Held>> = Arc::new(db.lane(work));
    let submit = |holds| {
        let lane = Arc::clone(&lane);
        rt::spawn(async move { lane.submit(holds).await })
    };
    let held = submit(true);
    tokio::task::yield_now().await;
    begun.recv().unwrap();
    let waiting = [submit(false), submit(false), submit(false)];
    while lane.queue_stats().waiting < 4 {
        tokio::task::yield_now().await;
    }
    db.read(|_| Ok::<(), DbError>(())).await.expect("there is a thread for it");
    assert_eq!(lane.queue_stats().waiting, 4, "the held one too");
    go_on.send(()).unwrap();
    assert_eq!(held.await.unwrap().unwrap(), 1);
    for answer in waiting {
        assert_eq!(answer.await.unwrap().unwrap(), 3);
    }
    db.close();
}

/// Tells which process answers.
struct Backends;

impl LaneWork for Backends {
    type Command = ();
    type Answer = i64;

    const MODE: Mode = Mode::Read;

    fn key<'c>(&self, (): &'c ()) -> Option<&'c str> {
        None
    }

    fn run(&self, tx: &mut Tx, batch: &[()]) -> Result<Vec<i64>, DbError> {
        Ok(vec![backend(tx)?; batch.len()])
    }
}

#[actix_web::test]
async fn a_connection_that_broke_idle_is_replaced() {
    if !is_postgres() {
        return not_run("a connection that breaks", "SQLite has none to another process");
    }
    let database = TestDatabase::empty();
    let db = Db::open(DbSettings { pool: 1, ..database.settings() }).unwrap();
    let lane = db.lane(Backends);
    let idle = lane.submit(()).await.unwrap();
    cut(&database.target(), idle);
    assert_ne!(lane.submit(()).await.unwrap(), idle);
    db.close();
}
