//! What the database's threads get of the processor.

use rustix::process::getpriority_process;
use ticketgate::db::{Db, DbError, Tx};

use crate::support::TestDatabase;
use crate::support::database::is_postgres;

#[actix_web::test]
async fn only_the_writer_of_sqlite_stands_back_behind_those_that_answer() {
    let database = TestDatabase::empty();
    let db = Db::open(database.settings()).unwrap();
    let usual = getpriority_process(None).unwrap();
    let stands_back =
        move |_: &mut Tx| Ok::<_, DbError>(getpriority_process(None).unwrap() - usual);
    assert_eq!(db.write(stands_back).await.unwrap(), if is_postgres() { 0 } else { 3 });
    assert_eq!(db.read(stands_back).await.unwrap(), 0);
    db.close();
}
