//! The key ring on disk: `keys.json`, which only its owner may read. Written whole and then moved into place, by one
//! process at a time, which holds the lock on `keys.json.lock` from reading it to moving it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::error::ConfigError;
use super::private_file::{OWNER_ONLY, folder_of, make_private_folder, write_private_file};
use crate::kernel::{Timestamp, beside};
use crate::token::KeyRing;

/// See the module.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

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

    /// Reads it; where it is not there, makes it with a first key before.
    ///
    /// # Errors
    /// As for reading, and the disk's.
    pub fn load_or_make(&self, now: Timestamp) -> Result<KeyRing, ConfigError> {
        let locked = self.lock()?;
        if !self.exists() {
            locked.save(&KeyRing::generate(now)?)?;
        }
        drop(locked);
        self.load()
    }

    /// Waits until no other process changes it, and keeps others waiting until the lock is dropped. Makes the folder
    /// that it is in.
    ///
    /// # Errors
    /// The disk's.
    pub fn lock(&self) -> Result<LockedKeyFile<'_>, ConfigError> {
        let path = beside(&self.path, ".lock");
        let lock = || {
            make_private_folder(folder_of(&self.path))?;
            // It stays: who removes a lock file may remove the one that another process has just locked.
            let options = OpenOptions::new().write(true).create(true).mode(OWNER_ONLY).clone();
            let file = options.open(&path)?;
            file.lock()?;
            Ok(file)
        };
        let lock = lock().map_err(|source| ConfigError::Io { path: path.clone(), source })?;
        Ok(LockedKeyFile { file: self, _lock: lock })
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

/// A key ring on disk that no other process changes meanwhile.
#[derive(Debug)]
pub struct LockedKeyFile<'f> {
    file: &'f KeyFile,
    _lock: File,
}

impl LockedKeyFile<'_> {
    /// Writes it.
    ///
    /// # Errors
    /// The disk's.
    pub fn save(&self, ring: &KeyRing) -> Result<(), ConfigError> {
        let json = ring.to_json()?;
        write_private_file(&self.file.path, json.as_bytes()).map_err(|error| self.file.io(error))
    }
}
