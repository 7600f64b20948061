//! Statements: lists and rows of parameters come through whole, on either database.

use chrono::NaiveDateTime;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamp as SqlTimestamp};
use ticketgate::db::{DbError, Rows, Session, Statement};
use ticketgate::kernel::Timestamp;

use crate::support::TestDatabase;
use crate::support::tables::run;

#[derive(Clone, Debug, PartialEq, QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    word: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
    #[diesel(sql_type = Nullable<Bool>)]
    flag: Option<bool>,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    moment: Option<NaiveDateTime>,
}

const WORDS: [&str; 12] = [
    "",
    " ",
    "plain",
    "張三 🎫",
    "it's \"quoted\"",
    "back\\slash",
    "{a,b}",
    "NULL",
    "[1]",
    "$1 ? :x",
    "line\nend\ttab",
    "e\u{301} \u{202e}rtl",
];

fn row(number: i64) -> Row {
    let word = WORDS[usize::try_from(number).unwrap() % WORDS.len()];
    let moment = Timestamp::from_millis(1_700_000_000_000 + number * 1001);
    Row {
        word: Some(word.to_owned()),
        number: Some(number),
        flag: Some(number % 2 == 0),
        moment: Some(moment.naive_utc()),
    }
}

const NOTHING: Row = Row { word: None, number: None, flag: None, moment: None };

fn parameters(rows: &[Row]) -> Rows {
    let time = |moment: NaiveDateTime| Timestamp::from_naive_utc(moment);
    Rows::new()
        .texts("word", rows.iter().map(|row| row.word.clone()).collect())
        .integers("number", rows.iter().map(|row| row.number).collect())
        .booleans("flag", rows.iter().map(|row| row.flag).collect())
        .times("moment", rows.iter().map(|row| row.moment.map(time)).collect())
}

fn session() -> (TestDatabase, Session) {
    let database = TestDatabase::empty();
    let mut session = database.session();
    run(
        &mut session,
        "CREATE TABLE things (word TEXT, number BIGINT, flag BOOLEAN, moment TIMESTAMP)",
    );
    (database, session)
}

fn insert(session: &mut Session, rows: &[Row]) -> usize {
    let statement = Statement::new(
        "INSERT INTO things (word, number, flag, moment) SELECT r.word, r.number, r.flag, r.moment FROM ",
    );
    let statement = statement.rows("r", parameters(rows));
    session.write(|tx| -> Result<_, DbError> { statement.execute(tx) }).unwrap()
}

fn load(session: &mut Session, statement: Statement) -> Vec<Row> {
    session.read(|tx| -> Result<_, DbError> { statement.load(tx) }).unwrap()
}

const SELECT: &str = "SELECT word, number, flag, moment FROM things";

#[test]
fn rows_come_through_whole_whether_none_one_or_many() {
    for length in [0, 1, 2, 500] {
        let (_database, mut session) = session();
        let rows: Vec<Row> = (0..length).map(row).collect();
        assert_eq!(insert(&mut session, &rows), rows.len());
        let read = load(&mut session, Statement::new(SELECT).sql(" ORDER BY number"));
        assert_eq!(read, rows);
    }
}

#[test]
fn rows_keep_their_nulls_and_their_extremes() {
    let (_database, mut session) = session();
    let extremes = [i64::MIN, i64::MAX, 9_007_199_254_740_993, 0, -1];
    let mut rows: Vec<Row> =
        extremes.iter().map(|number| Row { number: Some(*number), ..NOTHING }).collect();
    rows.sort_by_key(|row| row.number);
    rows.push(Row { word: Some("null".to_owned()), ..NOTHING });
    assert_eq!(insert(&mut session, &rows), 6);
    let order = " ORDER BY CASE WHEN number IS NULL THEN 1 ELSE 0 END, number";
    assert_eq!(load(&mut session, Statement::new(SELECT).sql(order)), rows);
}

#[test]
fn a_list_finds_its_texts_and_no_others() {
    let (_database, mut session) = session();
    let rows: Vec<Row> = (0..12).map(row).collect();
    insert(&mut session, &rows);
    insert(&mut session, &[NOTHING]);
    let mut find = |words: &[&str]| {
        let statement = Statement::new(SELECT).sql(" WHERE word").is_one_of(words.iter().copied());
        load(&mut session, statement.sql(" ORDER BY number"))
    };
    assert_eq!(find(&[]), []);
    assert_eq!(find(&["nobody"]), []);
    assert_eq!(find(&WORDS), rows);
    assert_eq!(find(&["plain", "plain", "NULL"]), [rows[2].clone(), rows[7].clone()]);
    for (word, row) in WORDS.iter().zip(&rows) {
        assert_eq!(find(&[word]), std::slice::from_ref(row), "{word:?}");
    }
}

#[test]
fn single_parameters_equal_those_that_came_in_rows() {
    let (_database, mut session) = session();
    let rows: Vec<Row> = (0..12).map(row).collect();
    insert(&mut session, &rows);
    for row in &rows {
        let statement = Statement::new(SELECT)
            .sql(" WHERE word = ")
            .text(row.word.as_deref())
            .sql(" AND number = ")
            .integer(row.number)
            .sql(" AND flag = ")
            .boolean(row.flag.unwrap())
            .sql(" AND moment = ")
            .time(row.moment.map(Timestamp::from_naive_utc));
        assert_eq!(load(&mut session, statement), std::slice::from_ref(row));
    }
}

#[test]
fn nothing_as_a_single_parameter_is_null() {
    let (_database, mut session) = session();
    let statement = Statement::new("INSERT INTO things (word, number, moment) VALUES (")
        .text(None)
        .sql(", ")
        .integer(None)
        .sql(", ")
        .time(None)
        .sql(")");
    session.write(|tx| -> Result<_, DbError> { statement.execute(tx) }).unwrap();
    assert_eq!(load(&mut session, Statement::new(SELECT)), [NOTHING]);
}

#[test]
fn times_sort_by_their_moment_with_and_without_a_fraction() {
    let (_database, mut session) = session();
    let millis = [0, 1, 999, 1000, 1001, 1_700_000_000_000, 1_700_000_000_100];
    let at = |millis: i64| Some(Timestamp::from_millis(millis).naive_utc());
    let rows: Vec<Row> =
        millis.iter().map(|one| Row { moment: at(*one), number: Some(*one), ..NOTHING }).collect();
    insert(&mut session, &rows);
    assert_eq!(load(&mut session, Statement::new(SELECT).sql(" ORDER BY moment")), rows);
    let since = Statement::new(SELECT).sql(" WHERE moment >= ").time(Timestamp::from_millis(1000));
    assert_eq!(load(&mut session, since.sql(" ORDER BY number")), rows[3..]);
}
