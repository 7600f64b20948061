//! The key ring on disk: `keys.json`, which only its owner may read. Written whole and then moved into place.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::error::ConfigError;
use crate::token::KeyRing;

/// Makes a folder that only its owner enters, since customers' names and keys will be in it; one that is there stays
/// as it is.
///
/// # Errors
/// The disk's.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a file that only its owner reads, whole or not at all, and the folder that it is in.
///
/// # Errors
/// The disk's.
pub fn write_private_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(&draft)?;
    file.set_permissions(fs::Permissions::from_mode(OWNER_ONLY))?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    File::open(folder)?.sync_all()
}

/// See the module.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

/// The permissions of a file that only its owner reads and writes.
const OWNER_ONLY: u32 = 0o600;

impl KeyFile {
    /// The key ring at this path.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is there.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// Reads it.
    ///
    /// # Errors
    /// It is not there, others may read it, or it is not a key ring.
    pub fn load(&self) -> Result<KeyRing, ConfigError> {
        let metadata = match fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ConfigError::NoKeys(self.path.clone()));
            }
            Err(error) => return Err(self.io(error)),
        };
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(ConfigError::OpenKeys { path: self.path.clone(), mode });
        }
        let text = Zeroizing::new(fs::read_to_string(&self.path).map_err(|error| self.io(error))?);
        Ok(KeyRing::parse(&text)?)
    }

    /// Writes it, and the folder that it is in.
    ///
    /// # Errors
    /// The disk's.
    pub fn save(&self, ring: &KeyRing) -> Result<(), ConfigError> {
        let json = ring.to_json()?;
        write_private_file(&self.path, json.as_bytes()).map_err(|error| self.io(error))
    }

    /// When it was last changed; none while it is not there.
    #[must_use]
    pub fn changed_at(&self) -> Option<SystemTime> {
        fs::metadata(&self.path).and_then(|metadata| metadata.modified()).ok()
    }

    /// Tells one state of the file from another: each change is a new file with a time of its own. None while it is
    /// not there.
    #[must_use]
    pub fn version(&self) -> Option<(u64, SystemTime)> {
        let metadata = fs::metadata(&self.path).ok()?;
        Some((metadata.ino(), metadata.modified().ok()?))
    }

    fn io(&self, source: io::Error) -> ConfigError {
        ConfigError::Io { path: self.path.clone(), source }
    }
}
