//! The QR token: key ring, seal, open, picture, and digests. All cryptography but passwords; pure, no I/O.
//!
//! Comes in: a ticket's code, a jti and an expiry, or a scanned text. Goes out: the sealed text and its image, or
//! what the text holds once its encryption and its signature have been checked.

mod digest;
mod error;
mod format;
mod image;
mod ring;
mod signature;
mod tokens;

pub use digest::{hex_digest, same, sha256};
pub use error::{RingError, TokenError};
pub use format::{Claims, IV_LENGTH, MAX_SCANNED_LENGTH};
pub use image::{ImageError, ImageFormat, image_data_uri, png_image, screen_image, svg_image};
pub use ring::{KeyRing, KeyState, KeySummary, MAX_LIVE_KEYS};
pub use tokens::{OpenedToken, SealCount, Sealing, Tokens};
