//! The database: connections, transactions, threads, the batch lane and the schema, for SQLite and PostgreSQL.
//!
//! Comes in: closures over a [`Tx`], each one transaction, and commands for a [`Lane`].
//! Goes out: what they return, or a [`DbError`] that says whether trying again makes sense.

mod backup;
mod checkpoint;
mod connection;
mod courier;
mod deployment;
mod desk;
mod dialect;
mod error;
mod lane;
mod line;
mod log_sync;
mod migrate;
mod part;
mod places;
mod pool;
#[expect(missing_docs, reason = "the tables are described in the migrations")]
pub mod schema;
mod session;
mod size;
mod statement;
mod storage;
mod wal;

pub use backup::copy_sqlite;
pub use connection::{AnyConnection, Target, TargetError, Timeouts};
pub use courier::courier;
pub use deployment::{Deployment, DeploymentError};
pub use desk::QueueStats;
pub use dialect::Rows;
pub use error::DbError;
pub use lane::{Lane, LaneStats, LaneWork};
pub use migrate::{MigrationState, migration_state, run_migrations};
pub use pool::{Db, DbSettings};
pub use session::{Mode, Session, Tx};
pub use size::database_size;
pub use statement::Statement;
