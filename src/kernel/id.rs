//! Identifiers and codes: newtypes that are parsed once, at the edge.
//!
//! Comes in: text. Goes out: codes that are known to be well formed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// A new UUIDv7 as text: sorts by the time it was made.
#[must_use]
pub fn sortable_id() -> String {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes them")]
    Uuid::now_v7().to_string()
}

/// The identity of one QR code: a UUIDv4 (RFC 9562).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[schema(value_type = Uuid)]
pub struct Jti(Uuid);

impl Jti {
    /// A new random one.
    #[must_use]
    pub fn random() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that makes them")]
        Self(Uuid::new_v4())
    }

    /// From the 16 bytes of a token.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// The 16 bytes of it, big endian.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for Jti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Jti {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| CodeError("must be a UUID such as 550e8400-e29b-41d4-a716-446655440000"))
    }
}

/// Why a text is not the code it should be; the text is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct CodeError(pub(crate) &'static str);

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $shape:expr, $problem:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String)]
        pub struct $name(String);

        impl $name {
            /// Takes a text that has the shape of this code.
            ///
            /// # Errors
            /// The shape that was expected, in words.
            pub fn parse(text: &str) -> Result<Self, CodeError> {
                let shape: fn(&str) -> bool = $shape;
                if shape(text) { Ok(Self(text.to_owned())) } else { Err(CodeError($problem)) }
            }

            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = CodeError;

            fn try_from(text: String) -> Result<Self, CodeError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        impl FromStr for $name {
            type Err = CodeError;

            fn from_str(text: &str) -> Result<Self, CodeError> {
                Self::parse(text)
            }
        }
    };
}

fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

code!(
    /// A ticket's public code, such as `OTA-CP-20251103-000001`: 1 to 64 of `A-Z 0-9 -`.
    TicketCode,
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-'),
    "must be 1 to 64 capital letters, digits and hyphens"
);

code!(
    /// What a ticket entitles to, such as `ferry`.
    FunctionCode,
    is_slug,
    "must be 1 to 64 letters, digits, hyphens, underscores and full stops"
);

code!(
    /// A venue's code, such as `central-pier`.
    VenueCode,
    is_slug,
    "must be 1 to 64 letters, digits, hyphens, underscores and full stops"
);

code!(
    /// A partner's code, such as `test_partner`.
    PartnerCode,
    is_slug,
    "must be 1 to 64 letters, digits, hyphens, underscores and full stops"
);

code!(
    /// An operator's name to log in with, such as `anna`.
    Username,
    is_slug,
    "must be 1 to 64 letters, digits, hyphens, underscores and full stops"
);

code!(
    /// The part of a ticket's code that tells its product: `[A-Z0-9]{2,4}`.
    ProductCode,
    |text| (2..=4).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
    "must be 2 to 4 capital letters and digits"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_take_their_own_shape_only() {
        assert!(TicketCode::parse("OTA-CP-20251103-000001").is_ok());
        assert!(TicketCode::parse("ota-cp").is_err());
        assert!(TicketCode::parse("").is_err());
        assert!(FunctionCode::parse("ferry").is_ok());
        assert!(FunctionCode::parse("fer ry").is_err());
        assert!(ProductCode::parse("CP").is_ok());
        assert!(ProductCode::parse("CRUISE").is_err());
    }

    #[test]
    fn sortable_ids_sort_by_age() {
        let ids: Vec<String> = (0..100).map(|_| sortable_id()).collect();
        assert!(ids.is_sorted());
    }
}
