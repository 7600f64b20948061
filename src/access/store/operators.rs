//! Queries on operators and their sessions.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::{operator_sessions, operators};
use crate::db::{DbError, Tx};

/// A session with its operator.
#[derive(Debug, Queryable)]
pub(in crate::access) struct SessionRow {
    pub(in crate::access) username: String,
    pub(in crate::access) role: String,
    pub(in crate::access) secret_hash: Vec<u8>,
    pub(in crate::access) expires_at: NaiveDateTime,
    pub(in crate::access) revoked_at: Option<NaiveDateTime>,
    pub(in crate::access) disabled_at: Option<NaiveDateTime>,
}

pub(in crate::access) fn session(tx: &mut Tx, prefix: &str) -> Result<Option<SessionRow>, DbError> {
    let row = operator_sessions::table
        .inner_join(operators::table)
        .filter(operator_sessions::token_prefix.eq(prefix))
        .select((
            operators::username,
            operators::role,
            operator_sessions::secret_hash,
            operator_sessions::expires_at,
            operator_sessions::revoked_at,
            operators::disabled_at,
        ))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}
