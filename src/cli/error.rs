//! Why a command failed.

use std::io;

use thiserror::Error;

use crate::access::AccessError;
use crate::app::AppError;
use crate::catalog::CatalogError;
use crate::config::ConfigError;
use crate::db::{DbError, DeploymentError};
use crate::kernel::{CodeError, MoneyError, VenueCode};
use crate::token::RingError;

/// See the module.
#[derive(Debug, Error)]
pub(super) enum CliError {
    #[error("read {what} {text:?}: it {problem}")]
    Argument { what: &'static str, text: String, problem: String },
    #[error(
        "create a terminal at venue {0}: there is no such venue; `ticketgate venue list` shows them"
    )]
    NoVenue(VenueCode),
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
    #[error("write {path}")]
    Io {
        path: String,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Deployment(#[from] DeploymentError),
    #[error(transparent)]
    Database(#[from] DbError),
}

impl CliError {
    pub(super) fn code(what: &'static str, text: &str) -> impl FnOnce(CodeError) -> Self {
        let text = text.to_owned();
        move |error| Self::Argument { what, text, problem: error.to_string() }
    }

    pub(super) fn money(what: &'static str, text: &str) -> impl FnOnce(MoneyError) -> Self {
        let text = text.to_owned();
        move |error| Self::Argument { what, text, problem: error.to_string() }
    }
}
