//! Settings and key files: what the operating system tells the program. Nobody else reads the environment.
//!
//! Comes in: flags, environment variables, `ticketgate.toml`, `keys.json`. Goes out: checked [`Settings`].

mod error;
mod key_file;
mod private_file;
mod settings;
mod sizes;
mod sources;
mod transport;
mod values;

pub use error::ConfigError;
pub use key_file::{KeyFile, LockedKeyFile};
pub use private_file::{make_private_folder, write_new_private_file, write_private_file};
pub use settings::{LogFormat, Role, Settings};
pub use sizes::effective;
pub use sources::{Effective, Flags, limit_variables};
pub use transport::{CertificateSource, TransportSettings};
