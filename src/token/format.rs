//! The token's text and plaintext.
//!
//! Text: `iv:encrypted:authTag:signature`, each part base32hex (RFC 4648, section 7) in upper case without padding.
//! Plaintext: version (1 byte) | jti (16 bytes) | expiry (u32, big endian, Unix seconds) | ticket code (ASCII).

use std::borrow::Cow;

use data_encoding::BASE32HEX_NOPAD;

use super::error::TokenError;
use crate::kernel::{Jti, TicketCode, Timestamp};

/// Bytes of an AES-GCM nonce (NIST SP 800-38D, 96 bits).
pub const IV_LENGTH: usize = 12;
pub(super) const TAG_LENGTH: usize = 16;
pub(super) const SIGNATURE_LENGTH: usize = 64;

/// Bytes of a scanned text at most; a token is 221 characters with a code of 22, and 288 with one of 64.
pub const MAX_SCANNED_LENGTH: usize = 1024;

const VERSION: u8 = 1;
const HEAD_LENGTH: usize = 21;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The identity of the QR code.
    pub jti: Jti,
    /// The ticket that it is for.
    pub ticket_code: TicketCode,
    /// When it stops being valid; whole seconds, until 2106.
    pub expires_at: Timestamp,
}

impl Claims {
    /// The version of the plaintext that this program writes and reads.
    pub const VERSION: u8 = VERSION;

    pub(super) fn to_plaintext(&self) -> Vec<u8> {
        let expires_at = u32::try_from(self.expires_at.unix_seconds()).unwrap_or(u32::MAX);
        let mut plaintext = Vec::with_capacity(HEAD_LENGTH + self.ticket_code.as_str().len());
        plaintext.push(VERSION);
        plaintext.extend_from_slice(self.jti.as_bytes());
        plaintext.extend_from_slice(&expires_at.to_be_bytes());
        plaintext.extend_from_slice(self.ticket_code.as_str().as_bytes());
        plaintext
    }

    pub(super) fn from_plaintext(plaintext: &[u8]) -> Option<Self> {
        let (version, rest) = plaintext.split_first()?;
        let (jti, rest) = rest.split_first_chunk::<16>()?;
        let (expires_at, code) = rest.split_first_chunk::<4>()?;
        if *version != VERSION {
            return None;
        }
        Some(Self {
            jti: Jti::from_bytes(*jti),
            ticket_code: TicketCode::parse(std::str::from_utf8(code).ok()?).ok()?,
            expires_at: Timestamp::from_unix_seconds(u32::from_be_bytes(*expires_at).into()),
        })
    }
}

/// The four parts of a token, decoded.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) iv: [u8; IV_LENGTH],
    pub(super) encrypted: Vec<u8>,
    pub(super) tag: [u8; TAG_LENGTH],
    pub(super) signature: [u8; SIGNATURE_LENGTH],
}

impl Parts {
    pub(super) fn decode(canonical: &str) -> Option<Self> {
        let mut parts = canonical.split(':');
        let mut next = || BASE32HEX_NOPAD.decode(parts.next()?.as_bytes()).ok();
        let decoded = Self {
            iv: next()?.try_into().ok()?,
            encrypted: next()?,
            tag: next()?.try_into().ok()?,
            signature: next()?.try_into().ok()?,
        };
        parts.next().is_none().then_some(decoded)
    }
}

/// The text that is signed: the first three parts with their colons.
pub(super) fn signed_part(canonical: &str) -> Option<&str> {
    canonical.rsplit_once(':').map(|(signed, _)| signed)
}

pub(super) fn encode_signed_part(
    iv: &[u8; IV_LENGTH],
    encrypted: &[u8],
    tag: &[u8; TAG_LENGTH],
) -> String {
    let parts = [iv.as_slice(), encrypted, tag.as_slice()];
    parts.map(|part| BASE32HEX_NOPAD.encode(part)).join(":")
}

pub(super) fn encode_signature(signature: &[u8; SIGNATURE_LENGTH]) -> String {
    BASE32HEX_NOPAD.encode(signature)
}

/// A scanned text as it was sealed: without white space around it, in upper case, with plain colons.
///
/// A scanner may add a line end, a keyboard layout may change the case, and a Chinese input method types U+FF1A.
pub(super) fn canonical(scanned: &str) -> Result<Cow<'_, str>, TokenError> {
    if scanned.len() > MAX_SCANNED_LENGTH {
        return Err(TokenError::DecryptionFailed);
    }
    let trimmed = scanned.trim();
    let is_canonical = |c: char| !c.is_ascii_lowercase() && c != '\u{FF1A}';
    if trimmed.chars().all(is_canonical) {
        return Ok(Cow::Borrowed(trimmed));
    }
    Ok(Cow::Owned(trimmed.replace('\u{FF1A}', ":").to_ascii_uppercase()))
}
