//! The schema's migrations, embedded in the binary, one tree a database under the same names.

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::AnyConnection;
use super::dialect;
use super::error::DbError;
use super::session::Session;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How far a database's schema is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Migrations that the program has and the database has not.
    pub pending: Vec<String>,
}

fn failed(error: &(dyn std::error::Error + Send + Sync)) -> DbError {
    DbError::Unavailable(format!("its migrations: {error}"))
}

/// Which migrations the database still needs.
///
/// # Errors
/// The database's.
pub fn migration_state(session: &mut Session) -> Result<MigrationState, DbError> {
    locked(session, pending).map(|pending| MigrationState { pending })
}

/// Brings the schema up to date and names the migrations that were run. Several processes may do so at once.
///
/// # Errors
/// The database's.
pub fn run_migrations(session: &mut Session) -> Result<Vec<String>, DbError> {
    locked(session, |connection| {
        let pending = pending(connection)?;
        match connection {
            AnyConnection::Sqlite(connection) => run_on::<_, Sqlite>(connection, SQLITE),
            AnyConnection::Postgres(connection) => run_on::<_, Pg>(connection, POSTGRES),
        }?;
        Ok(pending)
    })
}

/// Only one process at a time looks at the schema, since looking makes the table of migrations where there is none.
fn locked<T>(
    session: &mut Session,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, DbError>,
) -> Result<T, DbError> {
    let connection = session.connection()?;
    dialect::lock_migrations(connection, true)?;
    let done = work(connection);
    dialect::lock_migrations(connection, false)?;
    done
}

fn pending(connection: &mut AnyConnection) -> Result<Vec<String>, DbError> {
    match connection {
        AnyConnection::Sqlite(connection) => names_on::<_, Sqlite>(connection, SQLITE),
        AnyConnection::Postgres(connection) => names_on::<_, Pg>(connection, POSTGRES),
    }
}

fn names_on<C, B>(
    connection: &mut C,
    migrations: impl MigrationSource<B>,
) -> Result<Vec<String>, DbError>
where
    C: MigrationHarness<B>,
    B: diesel::backend::Backend,
{
    let pending = connection.pending_migrations(migrations);
    let pending = pending.map_err(|error| failed(error.as_ref()))?;
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}

fn run_on<C, B>(connection: &mut C, migrations: impl MigrationSource<B>) -> Result<(), DbError>
where
    C: MigrationHarness<B>,
    B: diesel::backend::Backend,
{
    let done = connection.run_pending_migrations(migrations);
    done.map(drop).map_err(|error| failed(error.as_ref()))
}
