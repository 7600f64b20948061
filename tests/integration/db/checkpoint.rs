//! What was committed into SQLite's log reaches its file by itself, while the server runs.

use diesel::connection::SimpleConnection;
use ticketgate::db::{AnyConnection, Db, DbError, Target, Tx};

use super::notes::insert;
use crate::support::TestDatabase;
use crate::support::database::{is_postgres, not_run};
use crate::support::process::eventually;
use crate::support::tables::run;

const KEY: &str = "carried-into-the-file";

#[actix_web::test]
async fn what_was_committed_reaches_the_file_without_another_write() {
    if is_postgres() {
        return not_run("checkpoints of the log", "PostgreSQL makes its own");
    }
    let database = TestDatabase::empty();
    let table = "CREATE TABLE notes (number BIGINT NOT NULL PRIMARY KEY, key TEXT NOT NULL)";
    run(&mut database.session(), table);
    let Target::Sqlite(file) = database.target() else { unreachable!() };
    let db = Db::open(database.settings()).unwrap();
    db.write(|tx| insert(tx, KEY, 1)).await.unwrap();
    eventually("a checkpoint", || {
        let content = std::fs::read(&file).unwrap();
        content.windows(KEY.len()).any(|bytes| bytes == KEY.as_bytes()).then_some(())
    });
    db.close();
}

/// Half a mebibyte of it.
fn fill(tx: &mut Tx) -> Result<(), DbError> {
    let AnyConnection::Sqlite(connection) = tx.connection() else { unreachable!() };
    Ok(connection.batch_execute("UPDATE heap SET content = randomblob(524288)")?)
}

#[actix_web::test]
async fn a_log_is_begun_anew_beside_a_writer_that_never_rests() {
    const MIB: u64 = 1 << 20;
    if is_postgres() {
        return not_run("checkpoints of the log", "PostgreSQL makes its own");
    }
    let database = TestDatabase::empty();
    run(&mut database.session(), "CREATE TABLE heap (content BLOB NOT NULL)");
    run(&mut database.session(), "INSERT INTO heap VALUES (randomblob(524288))");
    let db = Db::open(database.settings()).unwrap();
    let longest = std::cell::Cell::new(0);
    let write_without_a_rest = async || {
        for _ in 0..200 {
            db.write(fill).await.unwrap();
            longest.set(longest.get().max(db.file_sizes().unwrap().1));
        }
    };
    // Two take turns, so that the writer always has something to do.
    tokio::join!(write_without_a_rest(), write_without_a_rest());
    db.close();
    let longest = longest.get() / MIB;
    assert!((64..128).contains(&longest), "of 200 MiB that were written {longest} lay in the log");
}
