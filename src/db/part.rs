//! The pieces that a finished statement is made of.

use std::borrow::Cow;

use chrono::NaiveDateTime;

/// A piece that is the same on both databases.
#[derive(Debug)]
pub(super) enum Scalar {
    Sql(Cow<'static, str>),
    Text(Option<String>),
    Integer(Option<i64>),
    Time(Option<NaiveDateTime>),
    Boolean(bool),
}

/// A piece as one database takes it; `A` is the array type that only PostgreSQL has.
#[derive(Debug)]
pub(super) enum Part<A> {
    Scalar(Scalar),
    Array(A),
}

impl<A> Part<A> {
    pub(super) fn sql(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Scalar(Scalar::Sql(text.into()))
    }
}
