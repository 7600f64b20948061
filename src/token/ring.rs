//! The key ring: which keys open tokens, and the one that seals them.
//!
//! Comes in and goes out: the JSON text of `keys.json`. Secrets are wiped when dropped and never shown.

use std::collections::HashSet;
use std::fmt;

use aes_gcm::aead::KeyInit;
use aes_gcm::{Aes256Gcm, Key};
use data_encoding::{BASE32HEX_NOPAD, BASE64URL_NOPAD};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::error::RingError;
use super::signature::SecretKey;
use crate::kernel::{Timestamp, random_bytes};

/// Keys that may open tokens at one time.
pub const MAX_LIVE_KEYS: usize = 4;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Opens tokens.
    Accepted,
    /// Opens tokens, and seals the new ones.
    Current,
    /// Does nothing any more; its secrets are gone.
    Retired,
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Current => "current",
            Self::Retired => "retired",
        })
    }
}

/// A key without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeySummary {
    /// Its name, kept with every code that it sealed.
    pub key_id: String,
    /// What it may do.
    pub state: KeyState,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// Its Ed25519 public key, base64url; none once retired.
    pub public_key: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingFile {
    keys: Vec<KeyRecord>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRecord {
    key_id: String,
    state: KeyState,
    created_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aes_256_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ed25519_secret_key: Option<String>,
}

impl Drop for KeyRecord {
    fn drop(&mut self) {
        self.aes_256_key.zeroize();
        self.ed25519_secret_key.zeroize();
    }
}

/// A key that opens tokens.
#[derive(Clone)]
pub(super) struct LiveKey {
    pub(super) key_id: String,
    pub(super) cipher: Aes256Gcm,
    pub(super) signing: SecretKey,
}

/// See the module.
#[derive(Clone)]
pub struct KeyRing {
    records: Vec<KeyRecord>,
    live: Vec<LiveKey>,
    current: Option<usize>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.records.iter().map(|record| (&record.key_id, record.state));
        f.debug_map().entries(keys).finish()
    }
}

impl KeyRing {
    /// A ring with its first key, which is the current one.
    ///
    /// # Errors
    /// None that a fresh key could give.
    pub fn generate(now: Timestamp) -> Result<Self, RingError> {
        Self::from_records(vec![new_record(KeyState::Current, now)])
    }

    /// Reads the text of a key file.
    ///
    /// # Errors
    /// What is wrong with it; no secret is in the text of the error.
    pub fn parse(json: &str) -> Result<Self, RingError> {
        let file: RingFile = serde_json::from_str(json).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            RingError::Malformed(format!("its JSON is wrong at {place}"))
        })?;
        Self::from_records(file.keys)
    }

    /// The text of a key file, with the secrets.
    ///
    /// # Errors
    /// None that a ring in memory could give.
    pub fn to_json(&self) -> Result<Zeroizing<String>, RingError> {
        let file = RingFile { keys: self.records.clone() };
        serde_json::to_string_pretty(&file)
            .map(Zeroizing::new)
            .map_err(|error| RingError::Malformed(error.to_string()))
    }

    /// Adds a new key that opens tokens and does not yet seal them; gives its name.
    ///
    /// # Errors
    /// The ring is full.
    pub fn add(&mut self, now: Timestamp) -> Result<String, RingError> {
        let record = new_record(KeyState::Accepted, now);
        let key_id = record.key_id.clone();
        let mut records = self.records.clone();
        records.push(record);
        *self = Self::from_records(records)?;
        Ok(key_id)
    }

    /// Makes a key the one that seals.
    ///
    /// # Errors
    /// No such key, or a retired one.
    pub fn promote(&mut self, key_id: &str) -> Result<(), RingError> {
        if self.record(key_id)?.state == KeyState::Retired {
            return Err(RingError::Retired(key_id.to_owned()));
        }
        self.change(|record| match record.state {
            KeyState::Retired => {}
            _ if record.key_id == key_id => record.state = KeyState::Current,
            KeyState::Accepted | KeyState::Current => record.state = KeyState::Accepted,
        })
    }

    /// Ends a key: tokens that it sealed no longer open. Its secrets are forgotten.
    ///
    /// # Errors
    /// No such key, or the current one.
    pub fn retire(&mut self, key_id: &str) -> Result<(), RingError> {
        if self.record(key_id)?.state == KeyState::Current {
            return Err(RingError::IsCurrent(key_id.to_owned()));
        }
        self.change(|record| {
            if record.key_id == key_id {
                record.state = KeyState::Retired;
                record.aes_256_key.zeroize();
                record.ed25519_secret_key.zeroize();
                record.aes_256_key = None;
                record.ed25519_secret_key = None;
            }
        })
    }

    /// The keys without their secrets, oldest first.
    #[must_use]
    pub fn summaries(&self) -> Vec<KeySummary> {
        let summary = |record: &KeyRecord| {
            let live = self.find(&record.key_id);
            KeySummary {
                key_id: record.key_id.clone(),
                state: record.state,
                created_at: record.created_at.clone(),
                public_key: live.map(|key| BASE64URL_NOPAD.encode(&key.signing.public_key())),
            }
        };
        self.records.iter().map(summary).collect()
    }

    /// When a key was made; none where its record does not say so.
    ///
    /// # Errors
    /// No such key.
    pub fn made_at(&self, key_id: &str) -> Result<Option<Timestamp>, RingError> {
        Ok(Timestamp::parse(&self.record(key_id)?.created_at))
    }

    /// The name of the key that seals.
    #[must_use]
    pub fn current_key_id(&self) -> Option<&str> {
        self.current().map(|key| key.key_id.as_str())
    }

    /// Whether a token that this key sealed still opens.
    #[must_use]
    pub fn is_live(&self, key_id: &str) -> bool {
        self.find(key_id).is_some()
    }

    /// Whether another ring has the same keys in the same states.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.records == other.records
    }

    pub(super) fn live(&self) -> &[LiveKey] {
        &self.live
    }

    pub(super) fn current(&self) -> Option<&LiveKey> {
        self.live.get(self.current?)
    }

    pub(super) fn find(&self, key_id: &str) -> Option<&LiveKey> {
        self.live.iter().find(|key| key.key_id == key_id)
    }

    fn record(&self, key_id: &str) -> Result<&KeyRecord, RingError> {
        let found = self.records.iter().find(|record| record.key_id == key_id);
        found.ok_or_else(|| RingError::UnknownKey(key_id.to_owned()))
    }

    fn change(&mut self, change: impl FnMut(&mut KeyRecord)) -> Result<(), RingError> {
        let mut records = self.records.clone();
        records.iter_mut().for_each(change);
        *self = Self::from_records(records)?;
        Ok(())
    }

    fn from_records(records: Vec<KeyRecord>) -> Result<Self, RingError> {
        let mut live = Vec::with_capacity(MAX_LIVE_KEYS);
        let mut current = None;
        let mut names = HashSet::new();
        for record in &records {
            if !names.insert(record.key_id.as_str()) {
                let problem = format!("it has two keys of the name {}", record.key_id);
                return Err(RingError::Malformed(problem));
            }
            if record.state == KeyState::Retired {
                continue;
            }
            if record.state == KeyState::Current && current.replace(live.len()).is_some() {
                return Err(RingError::TwoCurrentKeys);
            }
            live.push(live_key(record)?);
        }
        if live.len() > MAX_LIVE_KEYS {
            return Err(RingError::Full);
        }
        if current.is_none() {
            return Err(RingError::NoCurrentKey);
        }
        Ok(Self { records, live, current })
    }
}

fn new_record(state: KeyState, now: Timestamp) -> KeyRecord {
    let secret = || BASE64URL_NOPAD.encode(Zeroizing::new(random_bytes::<32>()).as_slice());
    KeyRecord {
        key_id: format!("K{}", BASE32HEX_NOPAD.encode(&random_bytes::<5>())),
        state,
        created_at: now.to_string(),
        aes_256_key: Some(secret()),
        ed25519_secret_key: Some(secret()),
    }
}

fn live_key(record: &KeyRecord) -> Result<LiveKey, RingError> {
    let secret = |text: &Option<String>, name: &str| -> Result<Zeroizing<[u8; 32]>, RingError> {
        let problem = || {
            RingError::Malformed(format!(
                "{name} of key {} is not 32 bytes in base64url",
                record.key_id
            ))
        };
        let bytes = BASE64URL_NOPAD.decode(text.as_deref().unwrap_or_default().as_bytes());
        let bytes = Zeroizing::new(bytes.map_err(|_| problem())?);
        let array: [u8; 32] = bytes.as_slice().try_into().map_err(|_| problem())?;
        Ok(Zeroizing::new(array))
    };
    let aes = secret(&record.aes_256_key, "aes_256_key")?;
    let ed25519 = secret(&record.ed25519_secret_key, "ed25519_secret_key")?;
    Ok(LiveKey {
        key_id: record.key_id.clone(),
        cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(*aes)),
        signing: SecretKey::from_bytes(&ed25519),
    })
}
