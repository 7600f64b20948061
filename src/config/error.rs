//! What can be wrong with settings and key files; each says what to do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::token::RingError;

/// See the module.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A setting's value is not usable.
    #[error("use the setting {name} = {value:?} from {source_name}: it {problem}")]
    Setting {
        /// Its name.
        name: &'static str,
        /// What was given; hidden where it may be secret.
        value: String,
        /// Where it came from.
        source_name: String,
        /// What is wrong.
        problem: String,
    },
    /// A settings file that is not TOML, or has a name that no setting has.
    #[error("read the settings in {path}: {problem}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A file could not be read or written.
    #[error("open {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no key ring yet.
    #[error("find the key ring {0}: make one with `ticketgate keys generate`")]
    NoKeys(PathBuf),
    /// Others may read the key ring.
    #[error(
        "trust the key ring {path}: others may read it (mode {mode:o}); run `chmod 600 {path}`"
    )]
    OpenKeys {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The key ring's own trouble.
    #[error(transparent)]
    Ring(#[from] RingError),
}
