//! `keys`: the ring of keys that seal and open QR codes.
//!
//! Servers read a changed key file several times a second. Before a key seals, every server must be able to open what
//! it sealed; before one is retired, every server must have stopped sealing with it. So a change waits until the file,
//! and the key in it, have been there for a few seconds.

use std::thread::sleep;

use chrono::TimeDelta;
use serde::Serialize;

use super::arguments::KeysCommand;
use super::error::CliError;
use super::{print, store};
use crate::access::AdminPermit;
use crate::config::{Flags, KeyFile, Settings};
use crate::kernel::{Clock, Timestamp};
use crate::tickets::count_live_codes;
use crate::token::{KeyRing, KeySummary, RingError};

/// After which every server has read a changed key file.
const PUBLISHED: TimeDelta = TimeDelta::seconds(3);
/// What is shown of a key.
const COLUMNS: [&str; 5] = ["key_id", "state", "created_at", "public_key", "live_codes"];

/// A key, and how many codes need it.
#[derive(Debug, Serialize)]
struct CountedKey {
    #[serde(flatten)]
    key: KeySummary,
    live_codes: i64,
}

/// Runs a command on the key ring.
pub(super) fn keys(flags: &Flags, command: KeysCommand, json: bool) -> Result<(), CliError> {
    let settings = Settings::load(flags)?;
    let file = KeyFile::at(settings.key_file());
    let now = Clock::System.now();
    let ring = match command {
        KeysCommand::List => {
            let ring = settings.keys.clone().map_or_else(|| file.load(), Ok)?;
            return list(&settings, &ring, json);
        }
        _ if settings.keys.is_some() => return Err(CliError::KeysInSettings),
        KeysCommand::Retire { key_id, force } => {
            let ring = retire(&settings, &file, (&key_id, force), json)?;
            return list(&settings, &ring, json);
        }
        KeysCommand::Generate if file.exists() => return Err(RingError::NotEmpty.into()),
        KeysCommand::Generate => {
            let ring = KeyRing::generate(now)?;
            file.save(&ring)?;
            ring
        }
        KeysCommand::Add => changed(&file, |ring| ring.add(now).map(drop))?,
        KeysCommand::Promote { key_id } => promote(&file, &key_id, json)?,
    };
    let [shown @ .., _] = COLUMNS;
    print::list(&ring.summaries(), &shown, json);
    Ok(())
}

fn list(settings: &Settings, ring: &KeyRing, json: bool) -> Result<(), CliError> {
    print::list(&counted(settings, ring)?, &COLUMNS, json);
    Ok(())
}

/// The ring's keys, each with the codes that need it.
fn counted(settings: &Settings, ring: &KeyRing) -> Result<Vec<CountedKey>, CliError> {
    let (mut session, now) = store::open_any(settings)?;
    let admin = AdminPermit::for_command_line();
    let counts = session.read(|tx| count_live_codes(tx, &admin, now))?;
    let count = |key: KeySummary| {
        let its_count = counts.iter().find(|count| count.key_id == key.key_id);
        CountedKey { live_codes: its_count.map_or(0, |count| count.live_codes), key }
    };
    Ok(ring.summaries().into_iter().map(count).collect())
}

/// Makes a key the one that seals, once every server opens what it seals.
fn promote(file: &KeyFile, key_id: &str, json: bool) -> Result<KeyRing, CliError> {
    let mut ring = file.load()?;
    let made_at = ring.made_at(key_id)?;
    ring.promote(key_id)?;
    let since = [made_at, file.changed_at().map(Timestamp::from)];
    wait_until_published(since, &format!("knows key {key_id}"), json);
    changed(file, |ring| ring.promote(key_id))
}

/// Ends a key that no code needs any more, once no server seals with it.
fn retire(
    settings: &Settings,
    file: &KeyFile,
    (key_id, is_forced): (&str, bool),
    json: bool,
) -> Result<KeyRing, CliError> {
    let mut ring = file.load()?;
    ring.retire(key_id)?;
    if !is_forced {
        let since = [file.changed_at().map(Timestamp::from)];
        wait_until_published(since, &format!("has stopped sealing with key {key_id}"), json);
        let keys = counted(settings, &file.load()?)?;
        let in_use = keys.iter().find(|counted| counted.key.key_id == key_id);
        let codes = in_use.map_or(0, |counted| counted.live_codes);
        if codes > 0 {
            return Err(CliError::KeyNeeded { key_id: key_id.to_owned(), codes });
        }
    }
    changed(file, |ring| ring.retire(key_id))
}

/// Waits until the latest of these moments is long enough ago; one in the future is taken for now.
fn wait_until_published<const N: usize>(since: [Option<Timestamp>; N], what: &str, json: bool) {
    let now = Clock::System.now();
    let latest = since.into_iter().flatten().max().map_or(now, |latest| latest.min(now));
    let Ok(rest) = latest.plus(PUBLISHED).since(now).to_std() else { return };
    if rest.is_zero() {
        return;
    }
    if !json {
        print::line(&format!("waiting {:.1} s until every server {what}", rest.as_secs_f64()));
    }
    sleep(rest);
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
