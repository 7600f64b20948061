//! What a database is for. A demo lets strangers in, so its database and a real one must never be mistaken.

use diesel::prelude::*;
use thiserror::Error;

use super::error::DbError;
use super::schema::deployment;
use super::session::Tx;
use super::statement::Statement;
use crate::kernel::Timestamp;

/// What a database is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployment {
    /// `ticketgate demo`: open to whoever reaches it.
    Demo,
    /// Everything else.
    Production,
}

/// A database that is for something else, or cannot be asked.
#[derive(Debug, Error)]
pub enum DeploymentError {
    /// `serve` on a demo's database.
    #[error("open this database: it belongs to a demo; give another --data-dir or DATABASE_URL")]
    IsDemo,
    /// `demo` on a real database.
    #[error(
        "open this database: it is not a demo's; give demo a --data-dir or DATABASE_URL of its own"
    )]
    IsNotDemo,
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl Deployment {
    fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Production => "production",
        }
    }

    /// Marks a new database as being for this, and refuses one that is marked otherwise.
    ///
    /// # Errors
    /// The mark does not fit, or the database's.
    pub fn claim(self, tx: &mut Tx, now: Timestamp) -> Result<(), DeploymentError> {
        let marked: Option<String> = deployment::table
            .select(deployment::kind)
            .first(tx.connection())
            .optional()
            .map_err(DbError::from)?;
        let Some(kind) = marked else {
            Statement::new("INSERT INTO deployment (id, kind, created_at) VALUES (1, ")
                .text(self.name())
                .sql(", ")
                .time(now)
                .sql(")")
                .execute(tx)?;
            return Ok(());
        };
        match self {
            _ if kind == self.name() => Ok(()),
            Self::Demo => Err(DeploymentError::IsNotDemo),
            Self::Production => Err(DeploymentError::IsDemo),
        }
    }
}
