//! Every place where SQLite and PostgreSQL are spoken to differently, but for how they are opened.
//!
//! Lists and rows of parameters: PostgreSQL takes arrays, SQLite a JSON text; each is one parameter whatever its
//! length, so the statement's text stays the same and stays prepared.

use chrono::NaiveDateTime;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamp as SqlTimestamp};
use serde::{Serialize, Serializer};

use super::connection::{AnyConnection, Timeouts};
use super::part::{Part, Scalar};
use crate::kernel::Timestamp;

/// SQLite has no arrays.
#[derive(Clone, Copy, Debug)]
pub enum NoArray {}

/// An array parameter of PostgreSQL.
#[derive(Debug)]
pub enum PostgresArray {
    /// `text[]`
    Texts(Vec<Option<String>>),
    /// `bigint[]`
    Integers(Vec<Option<i64>>),
    /// `boolean[]`
    Booleans(Vec<Option<bool>>),
    /// `timestamp[]`
    Times(Vec<Option<NaiveDateTime>>),
}

impl PostgresArray {
    pub(super) fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Texts(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values),
            Self::Integers(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values),
            Self::Booleans(values) => out.push_bind_param::<Array<Nullable<Bool>>, _>(values),
            Self::Times(values) => out.push_bind_param::<Array<Nullable<SqlTimestamp>>, _>(values),
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::Texts(_) => "::text[]",
            Self::Integers(_) => "::bigint[]",
            Self::Booleans(_) => "::boolean[]",
            Self::Times(_) => "::timestamp[]",
        }
    }
}

/// Rows of parameters, column by column; all columns are of one length.
#[derive(Debug, Default)]
pub struct Rows {
    length: usize,
    columns: Vec<(&'static str, PostgresArray)>,
}

impl Rows {
    /// No columns yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A column of texts.
    #[must_use]
    pub fn texts(self, name: &'static str, values: Vec<Option<String>>) -> Self {
        self.column(name, values.len(), PostgresArray::Texts(values))
    }

    /// A column of integers.
    #[must_use]
    pub fn integers(self, name: &'static str, values: Vec<Option<i64>>) -> Self {
        self.column(name, values.len(), PostgresArray::Integers(values))
    }

    /// A column of booleans.
    #[must_use]
    pub fn booleans(self, name: &'static str, values: Vec<Option<bool>>) -> Self {
        self.column(name, values.len(), PostgresArray::Booleans(values))
    }

    /// A column of timestamps.
    #[must_use]
    pub fn times(self, name: &'static str, values: Vec<Option<Timestamp>>) -> Self {
        let values: Vec<_> =
            values.into_iter().map(|time| time.map(Timestamp::naive_utc)).collect();
        self.column(name, values.len(), PostgresArray::Times(values))
    }

    fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    fn column(mut self, name: &'static str, length: usize, values: PostgresArray) -> Self {
        self.length = self.length.max(length);
        self.columns.push((name, values));
        self
    }
}

/// How one database is told lists and rows of parameters.
pub(super) struct Dialect<A> {
    /// The condition that the expression before it is one of these.
    pub(super) list: fn(Vec<String>, &mut Vec<Part<A>>),
    /// A table of this name.
    pub(super) rows: fn(&'static str, Rows, &mut Vec<Part<A>>),
    /// The FROM clause that finds rows of a table.
    pub(super) matching: fn(Matching, &mut Vec<Part<A>>),
    /// A join.
    pub(super) join: fn(&Join) -> String,
}

/// The rows of a table that hold one of `rows` and for which a condition holds: at most one for each.
#[derive(Debug)]
pub(super) struct Matching {
    pub(super) table: &'static str,
    pub(super) condition: &'static str,
    pub(super) rows: Rows,
}

/// The rows of a table for which a condition holds, looked up once for each row before.
#[derive(Debug)]
pub(super) struct Join {
    pub(super) table: &'static str,
    pub(super) condition: &'static str,
    /// Whether a row for which there is none stays.
    pub(super) is_left: bool,
}

pub(super) const SQLITE: Dialect<NoArray> = Dialect {
    list: |values, parts| sqlite_list(&values, parts),
    rows: |name, rows, parts| sqlite_rows(name, &rows, parts),
    matching: |matching, parts| sqlite_matching(&matching, parts),
    join: sqlite_join,
};

pub(super) const POSTGRES: Dialect<PostgresArray> = Dialect {
    list: postgres_list,
    rows: postgres_rows,
    matching: postgres_matching,
    join: postgres_join,
};

fn sqlite_list(values: &[String], parts: &mut Vec<Part<NoArray>>) {
    parts.push(Part::sql(" IN (SELECT value FROM json_each("));
    parts.push(json_text(&values));
    parts.push(Part::sql("))"));
}

/// One of the rows, as a JSON array.
struct JsonRow<'r>(&'r Rows, usize);

/// One of its columns.
struct JsonCell<'r>(&'r PostgresArray, usize);

impl Serialize for JsonRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(rows, row) = self;
        serializer.collect_seq(rows.columns.iter().map(|(_, values)| JsonCell(values, *row)))
    }
}

impl Serialize for JsonCell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(values, row) = self;
        match values {
            PostgresArray::Texts(values) => values.get(*row).serialize(serializer),
            PostgresArray::Integers(values) => values.get(*row).serialize(serializer),
            PostgresArray::Booleans(values) => values.get(*row).serialize(serializer),
            // The text that diesel writes a Timestamp as on SQLite.
            PostgresArray::Times(values) => {
                let time = values.get(*row).copied().flatten();
                time.map(|time| time.format("%F %T%.f").to_string()).serialize(serializer)
            }
        }
    }
}

fn json_text(value: &impl Serialize) -> Part<NoArray> {
    Part::Scalar(Scalar::Text(serde_json::to_string(value).ok()))
}

fn sqlite_rows(name: &'static str, rows: &Rows, parts: &mut Vec<Part<NoArray>>) {
    parts.push(Part::sql("("));
    sqlite_select(rows, parts);
    parts.push(Part::sql(format!(") AS {name}")));
}

fn sqlite_matching(matching: &Matching, parts: &mut Vec<Part<NoArray>>) {
    let Matching { table, condition, rows } = matching;
    let names = rows.names().join(", ");
    parts.push(Part::sql(format!(" FROM {table} WHERE {condition} AND ({names}) IN (")));
    sqlite_select(rows, parts);
    parts.push(Part::sql(")"));
}

fn sqlite_select(rows: &Rows, parts: &mut Vec<Part<NoArray>>) {
    let columns: Vec<String> = rows
        .names()
        .iter()
        .enumerate()
        .map(|(index, column)| format!("json_extract(value, '$[{index}]') AS {column}"))
        .collect();
    let json: Vec<JsonRow<'_>> = (0..rows.length).map(|row| JsonRow(rows, row)).collect();
    // Of a row jsonb_each gives the binary form, which is not parsed anew for each of its columns.
    parts.push(Part::sql(format!("SELECT {} FROM jsonb_each(", columns.join(", "))));
    parts.push(json_text(&json));
    parts.push(Part::sql(")"));
}

/// CROSS keeps the planner from turning the join around.
fn sqlite_join(Join { table, condition, is_left }: &Join) -> String {
    let kind = if *is_left { "LEFT" } else { "CROSS" };
    format!(" {kind} JOIN {table} ON {condition}")
}

fn postgres_list(values: Vec<String>, parts: &mut Vec<Part<PostgresArray>>) {
    // In the order of their keys, so that every transaction locks rows in the same order.
    let mut values: Vec<Option<String>> = values.into_iter().map(Some).collect();
    values.sort_unstable();
    parts.push(Part::sql(" = ANY("));
    parts.push(Part::Array(PostgresArray::Texts(values)));
    parts.push(Part::sql(")"));
}

fn postgres_rows(name: &'static str, rows: Rows, parts: &mut Vec<Part<PostgresArray>>) {
    let names = rows.names().join(", ");
    postgres_unnest(rows, parts);
    parts.push(Part::sql(format!(" AS {name}({names})")));
}

fn postgres_unnest(rows: Rows, parts: &mut Vec<Part<PostgresArray>>) {
    let mut before = "unnest(";
    for (_, values) in rows.columns {
        let type_name = values.type_name();
        parts.push(Part::sql(before));
        parts.push(Part::Array(values));
        parts.push(Part::sql(type_name));
        before = ", ";
    }
    parts.push(Part::sql(")"));
}

/// One look into the index for each row: LIMIT keeps the planner from taking the join apart, whatever the statistics
/// say. A list for each column instead would look up every value of the one with every value of the other.
fn postgres_matching(matching: Matching, parts: &mut Vec<Part<PostgresArray>>) {
    let Matching { table, condition, rows } = matching;
    let names = rows.names();
    let wanted: Vec<String> = names.iter().map(|name| format!("wanted_{name}")).collect();
    let equal: Vec<String> = names.iter().map(|name| format!("{name} = wanted_{name}")).collect();
    parts.push(Part::sql(" FROM "));
    postgres_unnest(rows, parts);
    parts.push(Part::sql(format!(
        " AS wanted({}) CROSS JOIN LATERAL \
         (SELECT * FROM {table} WHERE {condition} AND {} LIMIT 1) AS {table}",
        wanted.join(", "),
        equal.join(" AND "),
    )));
}

/// OFFSET keeps the planner from taking the join apart.
fn postgres_join(Join { table, condition, is_left }: &Join) -> String {
    let kind = if *is_left { "LEFT" } else { "INNER" };
    format!(
        " {kind} JOIN LATERAL (SELECT * FROM {table} WHERE {condition} OFFSET 0) AS {table} ON true"
    )
}

/// Whether the database at the other end of a connection still answers.
pub(super) fn answers(connection: &mut AnyConnection) -> bool {
    match connection {
        AnyConnection::Sqlite(connection) => connection.batch_execute("SELECT 1").is_ok(),
        AnyConnection::Postgres(connection) => connection.batch_execute("SELECT 1").is_ok(),
    }
}

/// The statement whose one row has the database's size as `bytes`.
pub(super) fn size_in_bytes(connection: &AnyConnection) -> &'static str {
    match connection {
        AnyConnection::Sqlite(_) => {
            "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()"
        }
        AnyConnection::Postgres(_) => "SELECT pg_database_size(current_database()) AS bytes",
    }
}

/// Lets one process at a time change the schema: PostgreSQL by a lock of its own, SQLite by its one writer.
pub(super) fn lock_migrations(connection: &mut AnyConnection, lock: bool) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(connection) if lock => {
            AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
        }
        AnyConnection::Sqlite(connection) => AnsiTransactionManager::commit_transaction(connection),
        AnyConnection::Postgres(connection) if lock => connection.batch_execute(
            "SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock(7236547834)",
        ),
        AnyConnection::Postgres(connection) => {
            let limits = Timeouts::default().as_sql();
            connection.batch_execute(&format!("SELECT pg_advisory_unlock(7236547834); {limits}"))
        }
    }
}
