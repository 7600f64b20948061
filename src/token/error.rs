//! What can be wrong with a token and with a key ring.

use thiserror::Error;

/// Why a scanned text is not one of our tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Not of the shape of a token, sealed with a key that is not in the ring, or changed.
    #[error("read the QR code: it is damaged, incomplete or not one of ours")]
    DecryptionFailed,
    /// It decrypts, but its signature is not ours.
    #[error("trust the QR code: its signature is not ours")]
    SignatureInvalid,
}

impl TokenError {
    /// The stable code of sections 3 and 4 of the contract.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::DecryptionFailed => "QR_DECRYPTION_FAILED",
            Self::SignatureInvalid => "QR_SIGNATURE_INVALID",
        }
    }
}

/// What can be wrong with a key ring, or with what is asked of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RingError {
    /// The text is not a key ring's.
    #[error("read the key ring: {0}")]
    Malformed(String),
    /// No key seals.
    #[error("use the key ring: it has no current key")]
    NoCurrentKey,
    /// More than one key seals.
    #[error("use the key ring: it has more than one current key")]
    TwoCurrentKeys,
    /// The ring is full.
    #[error("add a key: the ring holds four live keys at most; retire one first")]
    Full,
    /// There is a ring already.
    #[error("generate the first key: there is one already; `keys add` makes another")]
    NotEmpty,
    /// No such key.
    #[error("find key {0} in the ring; `keys list` shows what is there")]
    UnknownKey(String),
    /// A retired key does not come back.
    #[error("promote key {0}: it is retired")]
    Retired(String),
    /// The current key cannot be retired.
    #[error("retire key {0}: it is the current one; promote another first")]
    IsCurrent(String),
}
