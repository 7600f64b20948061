//! Why a server does not start.

use std::io;

use thiserror::Error;

use super::tls_error::TlsError;
use crate::access::AccessError;
use crate::catalog::CatalogError;
use crate::config::ConfigError;
use crate::db::{DbError, DeploymentError};

/// See the module.
#[derive(Debug, Error)]
pub enum AppError {
    /// The address is taken or not this machine's.
    #[error("listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The server itself failed.
    #[error("run the server")]
    Run(#[from] io::Error),
    /// The schema is behind and may not be changed.
    #[error("start: the database needs migrations ({}); run `ticketgate migrate` first", .0.join(", "))]
    NeedsMigrations(Vec<String>),
    /// The certificate's trouble.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The metrics could not be set up.
    #[error("set up the metrics")]
    Metrics(#[from] prometheus::Error),
    /// A setting's or a key file's trouble.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database is for something else.
    #[error(transparent)]
    Deployment(#[from] DeploymentError),
    /// The seeds' trouble.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The seeds' trouble.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}
