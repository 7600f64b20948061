//! Opens the database for a command: its folder made, its schema up to date, its purpose checked.

use super::error::CliError;
use crate::config::{Settings, make_private_folder};
use crate::db::{Deployment, Session, Target, run_migrations};
use crate::kernel::{Clock, Timestamp};

/// Makes the folder that the settings' SQLite file and keys live in.
pub(super) fn make_folder(settings: &Settings) -> Result<(), CliError> {
    let mut folders = vec![settings.data_dir.clone()];
    if let Target::Sqlite(path) = &settings.db.target {
        folders.extend(path.parent().map(ToOwned::to_owned));
    }
    for folder in folders.iter().filter(|folder| !folder.as_os_str().is_empty()) {
        make_private_folder(folder)
            .map_err(|source| CliError::Io { path: folder.display().to_string(), source })?;
    }
    Ok(())
}

/// A session on a database that is migrated, whatever it is for.
pub(super) fn open_any(settings: &Settings) -> Result<(Session, Timestamp), CliError> {
    make_folder(settings)?;
    let mut session = Session::new(settings.db.target.clone());
    run_migrations(&mut session)?;
    Ok((session, Clock::System.now()))
}

/// A session on a database that is migrated and marked as being for production.
pub(super) fn open(settings: &Settings) -> Result<(Session, Timestamp), CliError> {
    let (mut session, now) = open_any(settings)?;
    session.write(|tx| Deployment::Production.claim(tx, now))?;
    Ok((session, now))
}
