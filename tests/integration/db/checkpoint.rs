//! What was committed into SQLite's log reaches its file by itself, while the server runs.

use ticketgate::db::{Db, Target};

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
