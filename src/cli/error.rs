//! Why a command failed.

use std::io;

use thiserror::Error;

use crate::access::AccessError;
use crate::admin::AdminError;
use crate::app::AppError;
use crate::bench::BenchError;
use crate::catalog::CatalogError;
use crate::config::ConfigError;
use crate::db::{DbError, DeploymentError};
use crate::tickets::TicketError;
use crate::token::{ImageError, RingError};

/// See the module.
#[derive(Debug, Error)]
pub(super) enum CliError {
    #[error("read {what} {text:?}: it {problem}")]
    Argument { what: &'static str, text: String, problem: String },
    #[error(
        "set up a terminal at venue {0}: there is no such venue; `ticketgate venue list` shows them"
    )]
    NoVenue(String),
    #[error("create terminal {0}: say with --venue where it stands")]
    NoPlace(String),
    #[error(
        "take the password: it is not an argument, which others on this machine could see; give \
         --password-stdin and send it as a line to standard input, such as `.. --password-stdin \
         <FILE`"
    )]
    NoPassword,
    #[error("take the password from standard input: it {0}")]
    Password(String),
    #[error("read the password from standard input")]
    ReadPassword(#[source] io::Error),
    #[error("start a demo on {0}: a demo lets everybody in and listens on this machine only")]
    DemoNotLoopback(String),
    #[error(
        "change the key ring: it is in the setting `keys` (TICKETGATE_KEYS), out of this command's reach; \
         change it there and start the servers anew"
    )]
    KeysInSettings,
    #[error(
        "retire key {key_id}: {}; issue new codes, or wait until the old ones expire, or end it all the \
         same with --force", need(*codes)
    )]
    KeyNeeded { key_id: String, codes: i64 },
    #[error("write the change of the key ring, which is in force, into the audit log")]
    KeysNotAudited(#[source] Box<CliError>),
    #[error("write {path}")]
    Io {
        path: String,
        #[source]
        source: io::Error,
    },
    #[error(
        "back up {database}: this copies SQLite's file; PostgreSQL's own program is `pg_dump --format=custom \
         --file=FILE \"$DATABASE_URL\"`, and docs/operations.md says more"
    )]
    BackupOfPostgres { database: String },
    #[error(
        "back up {0}: there is no such file; give the --data-dir or DATABASE_URL that the server has"
    )]
    NothingToBackUp(String),
    #[error("back up to {0}: it is there already, and is left as it is; give a new name")]
    BackupExists(String),
    #[error(
        "back up to {path}: no room for it; the database is unharmed and nothing of the copy is left; free space there, \
         about {needed} bytes, or give a file on another disk"
    )]
    BackupFull { path: String, needed: u64 },
    #[error("find this program's own file")]
    OwnProgram(#[source] io::Error),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Admin(AdminError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Ticket(#[from] TicketError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Deployment(#[from] DeploymentError),
    #[error(transparent)]
    Database(#[from] DbError),
}

fn need(codes: i64) -> String {
    if codes == 1 {
        return "1 live QR code needs it".to_owned();
    }
    format!("{codes} live QR codes need it")
}

impl From<AdminError> for CliError {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Catalog(CatalogError::VenueNotFound(code)) => Self::NoVenue(code),
            AdminError::FunctionNotAtVenue { .. }
            | AdminError::Image(_)
            | AdminError::Access(_)
            | AdminError::Catalog(_)
            | AdminError::Database(_) => Self::Admin(error),
        }
    }
}

impl CliError {
    /// What is wrong with an argument.
    pub(super) fn argument<E: ToString>(
        what: &'static str,
        text: &str,
    ) -> impl FnOnce(E) -> Self + use<E> {
        let text = text.to_owned();
        move |problem| Self::Argument { what, text, problem: problem.to_string() }
    }
}
