//! Why there are no figures.

use std::io;

use thiserror::Error;

use crate::access::AccessError;
use crate::catalog::CatalogError;
use crate::config::ConfigError;
use crate::db::DbError;
use crate::kernel::CodeError;
use crate::tickets::TicketError;
use crate::token::RingError;

/// See the module.
#[derive(Debug, Error)]
pub enum BenchError {
    /// The server was not reached, or hung up.
    #[error("speak with {address}")]
    Server {
        /// Where it should be.
        address: String,
        /// What happened.
        #[source]
        source: io::Error,
    },
    /// The server refuses what the benchmark needs before it can begin.
    #[error("prepare the benchmark: {request} was answered {status}: {body}")]
    Refused {
        /// What was asked for.
        request: String,
        /// The answer's status.
        status: u16,
        /// What it says.
        body: String,
    },
    /// A URL that the benchmark cannot speak with.
    #[error("read the URL {0:?}: it must be http://HOST[:PORT], without a path")]
    Url(String),
    /// A workload follows from what `scan` gave, which is not measured before it.
    #[error("plan {workload}: scan over {connections} connections has to be measured before it")]
    NoScans {
        /// The workload's name.
        workload: &'static str,
        /// Over how many connections.
        connections: usize,
    },
    /// A workload follows from what `scan` gave, which was nothing.
    #[error(
        "measure {workload}: no scan before it was answered as it should be; the first was {answer}"
    )]
    ScansFailed {
        /// The workload's name.
        workload: &'static str,
        /// What came instead.
        answer: String,
    },
    /// Other data is in the database.
    #[error(
        "use this database: it has partners that the benchmark did not make, such as {0}; give bench a \
         --data-dir or DATABASE_URL of its own"
    )]
    NotItsOwn(String),
    /// The benchmark's own threads and tasks.
    #[error("run the benchmark")]
    Runtime(#[source] io::Error),
    /// The server of its own did not start.
    #[error("start a server to measure: {0}")]
    Start(String),
    /// The disk's.
    #[error("read or write {path}")]
    Io {
        /// Which file.
        path: String,
        /// What happened.
        #[source]
        source: io::Error,
    },
    /// A code or name that the benchmark makes up is not well formed.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The database's.
    #[error(transparent)]
    Database(#[from] DbError),
    /// Partners and terminals.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Products and venues.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Tickets and codes.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The key ring.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The key file.
    #[error(transparent)]
    Config(#[from] ConfigError),
}
