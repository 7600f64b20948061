//! `keys`: the ring of keys that seal and open QR codes.

use super::arguments::KeysCommand;
use super::error::CliError;
use super::print;
use crate::config::{Flags, KeyFile, Settings};
use crate::kernel::Clock;
use crate::token::{KeyRing, RingError};

/// Runs a command on the key ring.
pub(super) fn keys(flags: &Flags, command: KeysCommand, json: bool) -> Result<(), CliError> {
    let file = KeyFile::at(Settings::load(flags)?.key_file());
    let now = Clock::System.now();
    let ring = match command {
        KeysCommand::List => file.load()?,
        KeysCommand::Generate if file.exists() => return Err(RingError::NotEmpty.into()),
        KeysCommand::Generate => {
            let ring = KeyRing::generate(now)?;
            file.save(&ring)?;
            ring
        }
        KeysCommand::Add => changed(&file, |ring| ring.add(now).map(drop))?,
        KeysCommand::Promote { key_id } => changed(&file, |ring| ring.promote(&key_id))?,
        KeysCommand::Retire { key_id } => changed(&file, |ring| ring.retire(&key_id))?,
    };
    print::list(&ring.summaries(), &["key_id", "state", "created_at", "public_key"], json);
    Ok(())
}

/// Changes the ring on disk.
fn changed(
    file: &KeyFile,
    change: impl FnOnce(&mut KeyRing) -> Result<(), RingError>,
) -> Result<KeyRing, CliError> {
    let mut ring = file.load()?;
    change(&mut ring)?;
    file.save(&ring)?;
    Ok(ring)
}
