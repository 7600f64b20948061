//! Sealing and opening, with the ring in use and a memory of tokens that were opened already.
//!
//! Comes in: claims and a nonce, or a scanned text. Goes out: the token's text, or its claims.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Nonce, Tag};
use quick_cache::sync::Cache;

use super::error::{RingError, TokenError};
use super::format::{
    Claims, IV_LENGTH, Parts, canonical, encode_signature, encode_signed_part, signed_part,
};
use super::ring::{KeyRing, KeyState, KeySummary, LiveKey};
use crate::kernel::random_bytes;

/// Associated data of the encryption: what the ciphertext is for.
const ASSOCIATED_DATA: &[u8] = b"ticketgate/qr/v1";

/// A token that opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedToken {
    /// What it says.
    pub claims: Claims,
    /// The key that sealed it.
    pub key_id: Arc<str>,
}

/// What a token is sealed with. No two tokens may share one, unless they are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealing {
    /// The key.
    pub key_id: String,
    /// The nonce.
    pub iv: [u8; IV_LENGTH],
}

/// How often the current key has sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealCount {
    /// The key.
    pub key_id: String,
    /// New tokens that it sealed: those counted in the database, and those of this process since.
    pub seals: u64,
}

struct InUse {
    ring: KeyRing,
    seals: AtomicU64,
    /// Tokens that were opened before. It goes with its ring.
    memory: Cache<Box<str>, OpenedToken>,
}

/// The tokens of this deployment; see the module.
pub struct Tokens {
    in_use: RwLock<Arc<InUse>>,
    memory_size: usize,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("ring", &self.in_use().ring).finish_non_exhaustive()
    }
}

impl Tokens {
    /// Tokens under a ring, remembering up to `memory_size` that were opened.
    #[must_use]
    pub fn new(ring: KeyRing, memory_size: usize) -> Self {
        Self { in_use: RwLock::new(Arc::new(InUse::new(ring, memory_size))), memory_size }
    }

    /// Uses another ring from now on, and forgets what was opened under the old one; the same ring changes nothing.
    /// Where the current key stays, so does its count. Says whether the ring is another one.
    pub fn replace_ring(&self, ring: KeyRing) -> bool {
        if self.in_use().ring.is_same(&ring) {
            return false;
        }
        let fresh = Arc::new(InUse::new(ring, self.memory_size));
        let SealCount { key_id, seals } = self.seal_count();
        if fresh.ring.current_key_id() == Some(key_id.as_str()) {
            fresh.seals.store(seals, Ordering::Relaxed);
        }
        *self.in_use.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        true
    }

    /// Opens a scanned text: decrypts it, checks its signature, reads it.
    ///
    /// # Errors
    /// Why it is not one of our tokens.
    pub fn open(&self, scanned: &str) -> Result<OpenedToken, TokenError> {
        let in_use = self.in_use();
        let text = canonical(scanned)?;
        if let Some(known) = in_use.memory.get(text.as_ref()) {
            return Ok(known);
        }
        let opened = open(&in_use.ring, &text)?;
        in_use.memory.insert(text.as_ref().into(), opened.clone());
        Ok(opened)
    }

    /// What the next new token is sealed with: the current key, and a nonce that was never used before.
    ///
    /// # Errors
    /// The ring has no current key.
    pub fn next_seal(&self) -> Result<Sealing, RingError> {
        let in_use = self.in_use();
        let key = in_use.ring.current().ok_or(RingError::NoCurrentKey)?;
        in_use.seals.fetch_add(1, Ordering::Relaxed);
        Ok(Sealing { key_id: key.key_id.clone(), iv: random_bytes() })
    }

    /// Seals a token. The same claims with the same sealing give the same text again.
    ///
    /// None where the key was retired: such a token would not open.
    #[must_use]
    pub fn seal(&self, claims: &Claims, sealing: &Sealing) -> Option<String> {
        let in_use = self.in_use();
        in_use.ring.find(&sealing.key_id).map(|key| seal(key, claims, &sealing.iv))
    }

    /// Whether tokens that this key sealed still open.
    #[must_use]
    pub fn key_is_live(&self, key_id: &str) -> bool {
        self.in_use().ring.is_live(key_id)
    }

    /// The live keys without their secrets, the current one first.
    #[must_use]
    pub fn live_keys(&self) -> Vec<KeySummary> {
        let mut keys = self.in_use().ring.summaries();
        keys.retain(|key| key.state != KeyState::Retired);
        keys.sort_by_key(|key| key.state != KeyState::Current);
        keys
    }

    /// Takes over how often a key has sealed everywhere, as it was counted; a key that is no longer the current one
    /// is left alone.
    pub fn set_seal_count(&self, count: &SealCount) {
        let in_use = self.in_use();
        if in_use.ring.current_key_id() == Some(count.key_id.as_str()) {
            in_use.seals.store(count.seals, Ordering::Relaxed);
        }
    }

    /// How often the current key has sealed; AES-GCM with random nonces bears 2^32 (NIST SP 800-38D, 8.3).
    #[must_use]
    pub fn seal_count(&self) -> SealCount {
        let in_use = self.in_use();
        SealCount {
            key_id: in_use.ring.current_key_id().unwrap_or_default().to_owned(),
            seals: in_use.seals.load(Ordering::Relaxed),
        }
    }

    fn in_use(&self) -> Arc<InUse> {
        Arc::clone(&self.in_use.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl InUse {
    fn new(ring: KeyRing, memory_size: usize) -> Self {
        Self { ring, seals: AtomicU64::new(0), memory: Cache::new(memory_size) }
    }
}

fn seal(key: &LiveKey, claims: &Claims, iv: &[u8; IV_LENGTH]) -> String {
    let mut buffer = claims.to_plaintext();
    #[expect(clippy::expect_used, reason = "AES-GCM refuses only plaintexts of 64 GiB and more")]
    let tag = key
        .cipher
        .encrypt_inout_detached(&Nonce::from(*iv), ASSOCIATED_DATA, buffer.as_mut_slice().into())
        .expect("a token is short");
    let mut text = encode_signed_part(iv, &buffer, &tag.into());
    let signature = key.signing.sign(text.as_bytes());
    text.push(':');
    text.push_str(&encode_signature(&signature));
    text
}

/// Shape, then decryption under each live key (cheap, so that forgeries cost almost nothing), then the signature.
fn open(ring: &KeyRing, text: &str) -> Result<OpenedToken, TokenError> {
    let parts = Parts::decode(text).ok_or(TokenError::DecryptionFailed)?;
    let signed = signed_part(text).ok_or(TokenError::DecryptionFailed)?;
    let (key, plaintext) = ring
        .live()
        .iter()
        .find_map(|key| decrypt(key, &parts).map(|plaintext| (key, plaintext)))
        .ok_or(TokenError::DecryptionFailed)?;
    if !key.signing.has_signed(signed.as_bytes(), &parts.signature) {
        return Err(TokenError::SignatureInvalid);
    }
    let claims = Claims::from_plaintext(&plaintext).ok_or(TokenError::DecryptionFailed)?;
    Ok(OpenedToken { claims, key_id: key.key_id.as_str().into() })
}

fn decrypt(key: &LiveKey, parts: &Parts) -> Option<Vec<u8>> {
    let mut buffer = parts.encrypted.clone();
    key.cipher
        .decrypt_inout_detached(
            &Nonce::from(parts.iv),
            ASSOCIATED_DATA,
            buffer.as_mut_slice().into(),
            &Tag::from(parts.tag),
        )
        .ok()?;
    Some(buffer)
}
