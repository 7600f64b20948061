//! `backup`: copies the SQLite database while the server goes on.
//!
//! It brings no schema up to date, unlike the other commands: a backup is what one makes before that.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::json;

use super::arguments::BackupArguments;
use super::error::CliError;
use super::print;
use crate::config::{Flags, Settings, write_new_private_file};
use crate::db::{DbError, Target, copy_sqlite};
use crate::kernel::Clock;

/// Makes a backup.
pub(super) fn backup(
    flags: &Flags,
    arguments: &BackupArguments,
    json: bool,
) -> Result<(), CliError> {
    let settings = Settings::load(flags)?;
    let target = &settings.db.target;
    let Target::Sqlite(database) = target else {
        return Err(CliError::BackupOfPostgres { database: target.to_string() });
    };
    // Opening one that is not there would make it.
    if !database.is_file() {
        return Err(CliError::NothingToBackUp(database.display().to_string()));
    }
    let file = &arguments.file;
    let taken_at = Clock::System.now();
    copy_into(file, database)?;
    let bytes = fs::metadata(file).map_err(failed_at(file))?.len();
    let key_ring = match settings.keys {
        Some(_) => "the setting `keys` (TICKETGATE_KEYS)".to_owned(),
        None => settings.key_file().display().to_string(),
    };
    let made = json!({
        "file": file.display().to_string(), "bytes": bytes, "taken_at": taken_at,
        "database": target.to_string(), "key_ring": key_ring,
    });
    print::one(&made, &["file", "bytes", "taken_at", "database"], json);
    if !json {
        print::line(&format!(
            "The keys of the QR codes are not in it, so that nobody forges codes with it alone. Without them none\n\
             opens: keep a copy, in another place, of {key_ring}"
        ));
    }
    Ok(())
}

fn copy_into(file: &Path, database: &Path) -> Result<(), CliError> {
    let copied = write_new_private_file(file, |draft| Ok(copy_sqlite(database, draft)?));
    copied.map_err(|error| match error {
        BackupError::Database(DbError::StorageFull) => full(database, file),
        BackupError::Database(error) => error.into(),
        BackupError::File(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            CliError::BackupExists(file.display().to_string())
        }
        BackupError::File(error) if error.kind() == io::ErrorKind::StorageFull => {
            full(database, file)
        }
        BackupError::File(error) => failed_at(file)(error),
    })
}

/// Which of the two files it was.
enum BackupError {
    Database(DbError),
    File(io::Error),
}

impl From<DbError> for BackupError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

fn failed_at(file: &Path) -> impl FnOnce(io::Error) -> CliError {
    let path = file.display().to_string();
    move |source| CliError::Io { path, source }
}

fn full(database: &Path, file: &Path) -> CliError {
    let needed = fs::metadata(database).map_or(0, |metadata| metadata.len());
    CliError::BackupFull { path: file.display().to_string(), needed }
}
