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
    let pending = match session.connection()? {
        AnyConnection::Sqlite(connection) => names_on::<_, Sqlite>(connection, SQLITE),
        AnyConnection::Postgres(connection) => names_on::<_, Pg>(connection, POSTGRES),
    }?;
    Ok(MigrationState { pending })
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

/// Brings the schema up to date and names the migrations that were run. Several processes may do so at once.
///
/// # Errors
/// The database's.
pub fn run_migrations(session: &mut Session) -> Result<Vec<String>, DbError> {
    if migration_state(session)?.pending.is_empty() {
        return Ok(Vec::new());
    }
    dialect::lock_migrations(session.connection()?, true)?;
    let done = run_pending(session);
    dialect::lock_migrations(session.connection()?, false)?;
    done
}

fn run_pending(session: &mut Session) -> Result<Vec<String>, DbError> {
    let pending = migration_state(session)?.pending;
    match session.connection()? {
        AnyConnection::Sqlite(connection) => run_on::<_, Sqlite>(connection, SQLITE),
        AnyConnection::Postgres(connection) => run_on::<_, Pg>(connection, POSTGRES),
    }?;
    Ok(pending)
}

fn run_on<C, B>(connection: &mut C, migrations: impl MigrationSource<B>) -> Result<(), DbError>
where
    C: MigrationHarness<B>,
    B: diesel::backend::Backend,
{
    let done = connection.run_pending_migrations(migrations);
    done.map(drop).map_err(|error| failed(error.as_ref()))
}
