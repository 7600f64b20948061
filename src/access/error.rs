//! Why somebody is not let in, or a partner, terminal or operator is not made or changed.

use thiserror::Error;

use super::model::{Standing, UnknownPermission};
use crate::db::DbError;
use crate::kernel::{Username, VenueCode};

/// See the module.
#[derive(Debug, Error)]
pub enum AccessError {
    /// A partner's operation, and no key.
    #[error("answer without an API key: send yours in the X-API-Key header")]
    ApiKeyRequired,
    /// Any credential would do, and there is none.
    #[error(
        "answer without credentials: send X-Terminal-Key, X-API-Key or an operator's token as \
         Authorization: Bearer"
    )]
    CredentialsRequired,
    /// A key that is unknown, wrong, expired or revoked.
    #[error("accept the API key: it is unknown, expired or revoked")]
    InvalidApiKey,
    /// A terminal's key that is unknown, wrong or revoked.
    #[error("accept the terminal key: it is unknown or revoked")]
    InvalidTerminalKey,
    /// An operator's token that is unknown, expired or revoked.
    #[error("accept the operator's token: it is unknown, expired or revoked; log in again")]
    InvalidOperatorToken,
    /// Two credentials that speak for different principals.
    #[error("tell who is asking: send X-API-Key alone, or X-Terminal-Key and an operator's token")]
    TwoCredentials,
    /// Known, but not allowed this.
    #[error("allow this: it needs {0}")]
    InsufficientPermissions(String),
    /// A terminal that names another venue than its own.
    #[error("act for {named}: this terminal stands at {own}")]
    TerminalVenue {
        /// Where the terminal stands.
        own: VenueCode,
        /// What was named.
        named: VenueCode,
    },
    /// A terminal that names another device than its own.
    #[error("scan as another device: this key belongs to terminal {0}")]
    TerminalDevice(String),
    /// The code is taken.
    #[error("create partner {0}: there is one already")]
    PartnerExists(String),
    /// The id is taken.
    #[error("create terminal {0}: there is one already")]
    TerminalExists(String),
    /// No such terminal.
    #[error("find terminal {0}: there is none")]
    TerminalNotFound(String),
    /// A pairing code that is unknown, wrong, used, expired or tried too often; which of these is not told.
    #[error("accept the pairing code: it is unknown, used or expired; ask for a new one")]
    InvalidPairingCode,
    /// A name or a password that is wrong, or an operator who is disabled: nobody is told which.
    #[error("accept the name and the password: they are not those of an active operator")]
    InvalidLogin,
    /// Too many tries with one name have failed.
    #[error(
        "check the password: too many tries with this name have failed; wait for as long as \
         Retry-After says"
    )]
    LoginLocked {
        /// Until another try makes sense.
        seconds: u32,
    },
    /// More passwords than can be hashed soon.
    #[error("hash the password: too many others are waiting; try again shortly")]
    TooManyPasswords,
    /// The hashing itself failed.
    #[error("hash the password: {0}")]
    Hashing(String),
    /// The name is taken.
    #[error("create operator {0}: there is one already")]
    OperatorExists(Username),
    /// Nobody has this name.
    #[error("find operator {0}: there is none")]
    OperatorNotFound(String),
    /// Without this one nobody could administer.
    #[error("change operator {0}: the last active admin can be neither disabled nor demoted")]
    LastAdmin(Username),
    /// A name that no permission has.
    #[error(transparent)]
    UnknownPermission(#[from] UnknownPermission),
    /// More than the limit allows.
    #[error("{}", too_often(.0))]
    RateLimited(Standing),
    /// No partner has this code.
    #[error("find partner {0}: there is none")]
    PartnerNotFound(String),
    /// No key has this prefix. What was asked for is not told: it could be a whole key.
    #[error("find this API key: name it by its prefix, the part between tg_live_ and its secret")]
    KeyNotFound,
    /// The key is revoked and stays so.
    #[error("change API key {0}: it is revoked; create another")]
    KeyRevoked(String),
    /// The database's own trouble.
    #[error(transparent)]
    Database(#[from] DbError),
}

fn too_often(standing: &Standing) -> String {
    let Standing { name, rate, .. } = standing;
    format!("go on: the limit of {name} is {rate}; try again in {} s", standing.retry_after())
}
