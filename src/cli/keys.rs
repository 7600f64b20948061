//! `keys`: the ring of keys that seal and open QR codes.
//!
//! Servers read a changed key file several times a second. Before a key seals, every server must be able to open what
//! it sealed; before one is retired, every server must have stopped sealing with it. So a change waits until the file,
//! and the key in it, have been there for a few seconds.

use std::thread::sleep;
use std::time::Duration;

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::{Value, json};

use super::arguments::KeysCommand;
use super::error::CliError;
use super::{print, store};
use crate::access::{AdminPermit, AuditEntry, audit};
use crate::config::{Flags, KeyFile, LockedKeyFile, Settings};
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

/// A changed ring that is not saved yet: no other command changes the file meanwhile.
struct Draft<'f> {
    locked: LockedKeyFile<'f>,
    before: KeyRing,
    after: KeyRing,
}

/// A change of the ring that was made.
struct Change {
    action: &'static str,
    key_id: String,
    before: Value,
    after: Value,
    ring: KeyRing,
}

/// Runs a command on the key ring.
pub(super) fn keys(flags: &Flags, command: KeysCommand, json: bool) -> Result<(), CliError> {
    let settings = Settings::load(flags)?;
    let file = KeyFile::at(settings.key_file());
    let is_counted = matches!(command, KeysCommand::Retire { .. });
    let change = match command {
        KeysCommand::List => {
            let ring = settings.keys.clone().map_or_else(|| file.load(), Ok)?;
            return list(&settings, &ring, json);
        }
        _ if settings.keys.is_some() => return Err(CliError::KeysInSettings),
        KeysCommand::Generate => generate(&file)?,
        KeysCommand::Add => add(&file)?,
        KeysCommand::Promote { key_id } => promote(&file, &key_id, json)?,
        KeysCommand::Retire { key_id, force } => retire(&settings, &file, (&key_id, force), json)?,
    };
    match record(&settings, &change) {
        Ok(()) if is_counted => return list(&settings, &change.ring, json),
        Ok(()) => {}
        Err(error) => print::failure(&CliError::KeysNotAudited(Box::new(error))),
    }
    let [shown @ .., _] = COLUMNS;
    print::list(&change.ring.summaries(), &shown, json);
    Ok(())
}

/// Writes the change into the audit log.
fn record(settings: &Settings, change: &Change) -> Result<(), CliError> {
    let (mut session, now) = store::open_any(settings)?;
    let admin = AdminPermit::for_command_line();
    let entry = AuditEntry {
        action: change.action,
        subject: &change.key_id,
        before: change.before.clone(),
        after: change.after.clone(),
    };
    Ok(session.write(|tx| audit(tx, admin.actor(), &entry, now))?)
}

fn list(settings: &Settings, ring: &KeyRing, json: bool) -> Result<(), CliError> {
    print::list(&counted(settings, ring)?, &COLUMNS, json);
    Ok(())
}

/// The ring's keys, each with the codes that need it.
fn counted(settings: &Settings, ring: &KeyRing) -> Result<Vec<CountedKey>, CliError> {
    let (mut session, now) = store::open_any(settings)?;
    let admin = AdminPermit::for_command_line();
    let keys = ring.summaries();
    let ids: Vec<&str> = keys.iter().map(|key| key.key_id.as_str()).collect();
    let counts = session.read(|tx| count_live_codes(tx, &admin, &ids, now))?;
    let count = |key: KeySummary| {
        let its_count = counts.iter().find(|count| count.key_id == key.key_id);
        CountedKey { live_codes: its_count.map_or(0, |count| count.live_codes), key }
    };
    Ok(keys.into_iter().map(count).collect())
}

impl<'f> Draft<'f> {
    /// Reads the ring under the file's lock and changes it; gives also what the change gives.
    fn of<T>(
        file: &'f KeyFile,
        change: impl FnOnce(&mut KeyRing) -> Result<T, RingError>,
    ) -> Result<(Self, T), CliError> {
        let locked = file.lock()?;
        let before = file.load()?;
        let mut after = before.clone();
        let given = change(&mut after)?;
        Ok((Self { locked, before, after }, given))
    }

    /// The same, once every server has had the file for long enough as it is; the change gives what must be as old.
    /// Other commands may change the file while this one waits, and then it is judged and waited for anew.
    fn when_published(
        file: &'f KeyFile,
        change: impl Fn(&mut KeyRing) -> Result<Option<Timestamp>, RingError>,
        what: &str,
        json: bool,
    ) -> Result<Self, CliError> {
        let mut waited_for = None;
        loop {
            let (draft, since) = Self::of(file, &change)?;
            let version = file.version();
            let rest = time_left([since, file.changed_at().map(Timestamp::from)]);
            if rest.is_zero() || waited_for == version {
                return Ok(draft);
            }
            drop(draft);
            if !json {
                let seconds = rest.as_secs_f64();
                print::line(&format!("waiting {seconds:.1} s until every server {what}"));
            }
            sleep(rest);
            waited_for = version;
        }
    }

    /// Saves the ring; gives the change of one of its keys.
    fn save(self, action: &'static str, key_id: &str) -> Result<Change, CliError> {
        self.locked.save(&self.after)?;
        Ok(Change {
            action,
            key_id: key_id.to_owned(),
            before: state(&self.before, key_id),
            after: state(&self.after, key_id),
            ring: self.after,
        })
    }
}

/// What the audit log tells of a key.
fn state(ring: &KeyRing, key_id: &str) -> Value {
    let key = ring.summaries().into_iter().find(|key| key.key_id == key_id);
    key.map_or(Value::Null, |key| json!({ "state": key.state }))
}

/// Makes the ring with its first key.
fn generate(file: &KeyFile) -> Result<Change, CliError> {
    let locked = file.lock()?;
    if file.exists() {
        return Err(RingError::NotEmpty.into());
    }
    let ring = KeyRing::generate(Clock::System.now())?;
    locked.save(&ring)?;
    let key_id = ring.current_key_id().unwrap_or_default().to_owned();
    let after = state(&ring, &key_id);
    Ok(Change { action: "key_ring.generate", key_id, before: Value::Null, after, ring })
}

/// Adds a key that opens.
fn add(file: &KeyFile) -> Result<Change, CliError> {
    let (draft, key_id) = Draft::of(file, |ring| ring.add(Clock::System.now()))?;
    draft.save("key_ring.add", &key_id)
}

/// Makes a key the one that seals, once every server opens what it seals.
fn promote(file: &KeyFile, key_id: &str, json: bool) -> Result<Change, CliError> {
    let change = |ring: &mut KeyRing| {
        ring.promote(key_id)?;
        ring.made_at(key_id)
    };
    let draft = Draft::when_published(file, change, &format!("knows key {key_id}"), json)?;
    draft.save("key_ring.promote", key_id)
}

/// Ends a key that no code needs any more, once no server seals with it; where it is forced, at once and in any case.
fn retire(
    settings: &Settings,
    file: &KeyFile,
    (key_id, is_forced): (&str, bool),
    json: bool,
) -> Result<Change, CliError> {
    let draft = if is_forced {
        Draft::of(file, |ring| ring.retire(key_id))?.0
    } else {
        let what = format!("has stopped sealing with key {key_id}");
        let change = |ring: &mut KeyRing| ring.retire(key_id).map(|()| None);
        let draft = Draft::when_published(file, change, &what, json)?;
        refuse_needed(settings, &draft.before, key_id)?;
        draft
    };
    let mut change = draft.save("key_ring.retire", key_id)?;
    if let Value::Object(after) = &mut change.after {
        after.insert("forced".to_owned(), is_forced.into());
    }
    Ok(change)
}

/// Refuses a key that codes need.
fn refuse_needed(settings: &Settings, ring: &KeyRing, key_id: &str) -> Result<(), CliError> {
    let keys = counted(settings, ring)?;
    let in_use = keys.iter().find(|counted| counted.key.key_id == key_id);
    match in_use.map_or(0, |counted| counted.live_codes) {
        0 => Ok(()),
        codes => Err(CliError::KeyNeeded { key_id: key_id.to_owned(), codes }),
    }
}

/// How long until the latest of these moments is long enough ago; one in the future is taken for now.
fn time_left<const N: usize>(since: [Option<Timestamp>; N]) -> Duration {
    let now = Clock::System.now();
    let latest = since.into_iter().flatten().max().map_or(now, |latest| latest.min(now));
    latest.plus(PUBLISHED).since(now).to_std().unwrap_or_default()
}
