//! Hot statements: a fixed SQL text with parameters, prepared once a connection.
//!
//! diesel's query builder serves everywhere else; here are the set-based statements that it cannot say on both
//! databases or would prepare anew at each call. Where the databases differ, `dialect` renders the piece.

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::{ExecuteDsl, LoadQuery};
use diesel::serialize::ToSql;
use diesel::sql_types::{
    BigInt, Bool, HasSqlType, Nullable, Text, Timestamp as SqlTimestamp, Untyped,
};
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::connection::AnyConnection;
use super::dialect::{self, Dialect, Join, Matching, NoArray, PostgresArray, Rows};
use super::error::DbError;
use super::part::{Part, Scalar};
use super::session::Tx;
use crate::kernel::Timestamp;

/// A piece of a statement in the making.
#[derive(Debug)]
enum Piece {
    Plain(Scalar),
    List(Vec<String>),
    Rows(&'static str, Rows),
    Matching(Matching),
    Join(Join),
}

/// A statement in the making: SQL text and parameters in the order in which they stand.
#[derive(Debug)]
pub struct Statement {
    pieces: Vec<Piece>,
}

impl Statement {
    /// Begins with a piece of SQL.
    #[must_use]
    pub fn new(sql: &'static str) -> Self {
        Self { pieces: Vec::with_capacity(8) }.sql(sql)
    }

    /// Goes on with a piece of SQL.
    #[must_use]
    pub fn sql(self, sql: &'static str) -> Self {
        self.scalar(Scalar::Sql(sql.into()))
    }

    /// A text parameter; none is NULL.
    #[must_use]
    pub fn text<'t>(self, value: impl Into<Option<&'t str>>) -> Self {
        self.scalar(Scalar::Text(value.into().map(str::to_owned)))
    }

    /// An integer parameter; none is NULL.
    #[must_use]
    pub fn integer(self, value: impl Into<Option<i64>>) -> Self {
        self.scalar(Scalar::Integer(value.into()))
    }

    /// A timestamp parameter; none is NULL.
    #[must_use]
    pub fn time(self, value: impl Into<Option<Timestamp>>) -> Self {
        self.scalar(Scalar::Time(value.into().map(Timestamp::naive_utc)))
    }

    /// A boolean parameter.
    #[must_use]
    pub fn boolean(self, value: bool) -> Self {
        self.scalar(Scalar::Boolean(value))
    }

    /// The condition that the expression before it is one of these texts.
    #[must_use]
    pub fn is_one_of<'t>(mut self, values: impl IntoIterator<Item = &'t str>) -> Self {
        self.pieces.push(Piece::List(values.into_iter().map(str::to_owned).collect()));
        self
    }

    /// Rows of parameters that a FROM clause reads as a table of this name.
    #[must_use]
    pub fn rows(mut self, name: &'static str, rows: Rows) -> Self {
        self.pieces.push(Piece::Rows(name, rows));
        self
    }

    /// The FROM clause that gives those rows of a table that hold one of these in the columns of their names, and for
    /// which a condition holds too. A unique index must let there be one at most for each.
    #[must_use]
    pub fn from_matching(
        mut self,
        table: &'static str,
        condition: &'static str,
        rows: Rows,
    ) -> Self {
        self.pieces.push(Piece::Matching(Matching { table, condition, rows }));
        self
    }

    /// A join that looks into an index of a table once for each row so far, whatever the statistics say.
    #[must_use]
    pub fn join(self, table: &'static str, condition: &'static str) -> Self {
        self.any_join(Join { table, condition, is_left: false })
    }

    /// The same; a row for which there is none stays, with NULLs.
    #[must_use]
    pub fn left_join(self, table: &'static str, condition: &'static str) -> Self {
        self.any_join(Join { table, condition, is_left: true })
    }

    fn any_join(mut self, join: Join) -> Self {
        self.pieces.push(Piece::Join(join));
        self
    }

    fn scalar(mut self, scalar: Scalar) -> Self {
        self.pieces.push(Piece::Plain(scalar));
        self
    }

    /// Runs it and reads its rows.
    ///
    /// # Errors
    /// The database's.
    pub fn load<T>(self, tx: &mut Tx) -> Result<Vec<T>, DbError>
    where
        Prepared<NoArray>: for<'q> LoadQuery<'q, SqliteConnection, T>,
        Prepared<PostgresArray>: for<'q> LoadQuery<'q, PgConnection, T>,
    {
        Ok(match tx.connection() {
            AnyConnection::Sqlite(connection) => self.for_sqlite().load(connection)?,
            AnyConnection::Postgres(connection) => self.for_postgres().load(connection)?,
        })
    }

    /// Runs it and counts the rows that it changed.
    ///
    /// # Errors
    /// The database's.
    pub fn execute(self, tx: &mut Tx) -> Result<usize, DbError> {
        Ok(match tx.connection() {
            AnyConnection::Sqlite(connection) => {
                ExecuteDsl::execute(self.for_sqlite(), connection)?
            }
            AnyConnection::Postgres(connection) => {
                ExecuteDsl::execute(self.for_postgres(), connection)?
            }
        })
    }

    fn for_sqlite(self) -> Prepared<NoArray> {
        self.render(&dialect::SQLITE)
    }

    fn for_postgres(self) -> Prepared<PostgresArray> {
        self.render(&dialect::POSTGRES)
    }

    fn render<A>(self, dialect: &Dialect<A>) -> Prepared<A> {
        let mut parts = Vec::with_capacity(self.pieces.len() * 2);
        for piece in self.pieces {
            match piece {
                Piece::Plain(scalar) => parts.push(Part::Scalar(scalar)),
                Piece::List(values) => (dialect.list)(values, &mut parts),
                Piece::Rows(name, rows) => (dialect.rows)(name, rows, &mut parts),
                Piece::Matching(matching) => (dialect.matching)(matching, &mut parts),
                Piece::Join(join) => parts.push(Part::sql((dialect.join)(&join))),
            }
        }
        Prepared { parts }
    }
}

/// A finished statement for one database, which diesel keeps prepared by its text.
#[derive(Debug)]
pub struct Prepared<A> {
    parts: Vec<Part<A>>,
}

impl<A> QueryId for Prepared<A> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<A> Query for Prepared<A> {
    type SqlType = Untyped;
}

impl<A, C> RunQueryDsl<C> for Prepared<A> {}

impl QueryFragment<Sqlite> for Prepared<NoArray> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.parts.iter().try_for_each(|part| match part {
            Part::Scalar(scalar) => push_scalar(scalar, &mut out),
            Part::Array(never) => match *never {},
        })
    }
}

impl QueryFragment<Pg> for Prepared<PostgresArray> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.parts.iter().try_for_each(|part| match part {
            Part::Scalar(scalar) => push_scalar(scalar, &mut out),
            Part::Array(array) => array.push(&mut out),
        })
    }
}

fn push_scalar<'b, DB>(scalar: &'b Scalar, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    DB: Backend
        + HasSqlType<Nullable<Text>>
        + HasSqlType<Nullable<BigInt>>
        + HasSqlType<Nullable<SqlTimestamp>>
        + HasSqlType<Bool>,
    Option<String>: ToSql<Nullable<Text>, DB>,
    Option<i64>: ToSql<Nullable<BigInt>, DB>,
    Option<NaiveDateTime>: ToSql<Nullable<SqlTimestamp>, DB>,
    bool: ToSql<Bool, DB>,
{
    match scalar {
        Scalar::Sql(sql) => {
            out.push_sql(sql);
            Ok(())
        }
        Scalar::Text(value) => out.push_bind_param::<Nullable<Text>, _>(value),
        Scalar::Integer(value) => out.push_bind_param::<Nullable<BigInt>, _>(value),
        Scalar::Time(value) => out.push_bind_param::<Nullable<SqlTimestamp>, _>(value),
        Scalar::Boolean(value) => out.push_bind_param::<Bool, _>(value),
    }
}
