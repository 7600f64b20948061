//! One closure is one transaction: all of it or nothing, whatever ends it.

use ticketgate::db::{Db, DbError, DbSettings, Statement, Tx};

use super::notes::{backend, cut, insert};
use crate::support::TestDatabase;
use crate::support::database::is_postgres;
use crate::support::tables::{number, run};

/// A database with a table whose rows may not be alone once the transaction ends, and one thread of each kind.
fn open() -> (TestDatabase, Db) {
    let database = TestDatabase::empty();
    run(
        &mut database.session(),
        "CREATE TABLE notes (number BIGINT NOT NULL PRIMARY KEY, key TEXT NOT NULL);
         CREATE TABLE pairs (number BIGINT NOT NULL PRIMARY KEY,
           other BIGINT NOT NULL REFERENCES pairs (number) DEFERRABLE INITIALLY DEFERRED)",
    );
    let db = Db::open(DbSettings { pool: 1, lanes: 1, ..database.settings() }).unwrap();
    (database, db)
}

fn rows(database: &TestDatabase) -> i64 {
    number(
        &mut database.session(),
        "SELECT (SELECT count(*) FROM notes) + (SELECT count(*) FROM pairs) AS value",
    )
}

fn fails(tx: &mut Tx) -> Result<(), DbError> {
    insert(tx, "a", 1)?;
    Err(DbError::Contention("as the test wants it".to_owned()))
}

fn panics(tx: &mut Tx) -> Result<(), DbError> {
    insert(tx, "a", 1)?;
    panic!("as the test wants it")
}

fn breaks_a_rule(tx: &mut Tx) -> Result<(), DbError> {
    insert(tx, "a", 1)?;
    insert(tx, "b", 1)
}

/// What is checked at the commit only.
fn breaks_a_rule_at_its_end(tx: &mut Tx) -> Result<(), DbError> {
    Statement::new("INSERT INTO pairs (number, other) VALUES (1, 2)").execute(tx).map(drop)
}

type Work = fn(&mut Tx) -> Result<(), DbError>;
type IsExpected = fn(&DbError) -> bool;

#[actix_web::test]
async fn a_transaction_that_does_not_end_well_leaves_nothing_and_the_next_one_works() {
    let is_own: IsExpected = |error| matches!(error, DbError::Contention(_));
    let cases: [(&str, Work, IsExpected); 4] = [
        ("an error", fails, is_own),
        ("a panic", panics, |error| matches!(error, DbError::NoAnswer)),
        ("a unique key", breaks_a_rule, |error| matches!(error, DbError::Conflict(_))),
        ("a commit", breaks_a_rule_at_its_end, |error| matches!(error, DbError::Query(_))),
    ];
    let (database, db) = open();
    for (number, (what, work, is_expected)) in (10..).zip(cases) {
        let error = db.write(work).await.expect_err(what);
        assert!(is_expected(&error), "{what}: {error:?}");
        let kept = rows(&database);
        assert_eq!(kept, number - 10, "{what}");
        db.write(move |tx| insert(tx, "next", number)).await.expect(what);
    }
    assert_eq!(rows(&database), 4);
    db.close();
}

#[actix_web::test]
async fn a_read_cannot_write() {
    let (database, db) = open();
    let error = db.read(|tx| insert(tx, "a", 1)).await.unwrap_err();
    assert!(matches!(error, DbError::Query(_)), "{error:?}");
    assert_eq!(rows(&database), 0);
    db.write(|tx| insert(tx, "a", 1)).await.expect("and writes go on");
    assert_eq!(rows(&database), 1);
    db.close();
}

fn count(tx: &mut Tx) -> Result<i64, DbError> {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let rows: Vec<Count> = Statement::new("SELECT count(*) AS count FROM notes").load(tx)?;
    Ok(rows[0].count)
}

#[actix_web::test]
async fn a_read_sees_one_moment() {
    let (database, db) = open();
    let target = database.target();
    let seen = db.read(move |tx| -> Result<_, DbError> {
        let before = count(tx)?;
        ticketgate::db::Session::new(target).write(|tx| insert(tx, "meanwhile", 1))?;
        Ok((before, count(tx)?))
    });
    assert_eq!(seen.await.unwrap(), (0, 0));
    assert_eq!(db.read(count).await.unwrap(), 1);
    db.close();
}

/// A table that lives as long as the connection does.
fn mark(tx: &mut Tx) -> Result<(), DbError> {
    Statement::new("CREATE TEMP TABLE mark (number BIGINT)").execute(tx).map(drop)
}

#[actix_web::test]
async fn a_connection_is_kept_and_after_a_panic_replaced() {
    let (_database, db) = open();
    db.write(mark).await.unwrap();
    let again = db.write(mark).await.unwrap_err();
    assert!(matches!(again, DbError::Query(_)), "kept: {again:?}");
    let panicked = db.write(panics).await.unwrap_err();
    assert!(matches!(panicked, DbError::NoAnswer), "{panicked:?}");
    db.write(mark).await.expect("a new connection has no such table");
    db.close();
}

#[actix_web::test]
async fn a_connection_that_broke_is_replaced() {
    let (database, db) = open();
    db.write(mark).await.unwrap();
    if is_postgres() {
        let idle = db.read(backend).await.unwrap();
        cut(&database.target(), idle);
        assert_ne!(db.read(backend).await.unwrap(), idle, "idle: nobody notices");
        let target = database.target();
        let broken = db.write(move |tx| -> Result<(), DbError> {
            cut(&target, backend(tx)?);
            insert(tx, "a", 1)
        });
        let error = broken.await.unwrap_err();
        assert!(matches!(error, DbError::Unavailable(_)), "in a transaction: {error:?}");
    } else {
        // There the transaction is lost when SQL ends it behind diesel's back.
        let broken = db.write(|tx| -> Result<(), DbError> {
            insert(tx, "a", 1)?;
            Statement::new("ROLLBACK").execute(tx)?;
            Err(DbError::NoAnswer)
        });
        let error = broken.await.unwrap_err();
        assert!(matches!(error, DbError::NoAnswer), "the work's own, which says why: {error:?}");
    }
    assert_eq!(rows(&database), 0);
    db.write(mark).await.expect("a new connection has no such table");
    db.write(|tx| insert(tx, "a", 1)).await.unwrap();
    assert_eq!(rows(&database), 1);
    db.close();
}
