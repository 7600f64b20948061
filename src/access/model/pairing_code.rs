//! The text of a pairing code: twelve characters that people can read out and type, in three groups of four.
//!
//! The alphabet is Crockford's base 32 (<https://www.crockford.com/base32.html>): digits and capital letters without
//! I, L, O and U. The first group finds the code, the other two, 40 random bits, prove it.

use crate::kernel::{Secret, random_bytes};
use crate::token::{same, sha256};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code.
const LENGTH: usize = 12;
/// Characters that find it.
const PREFIX: usize = 4;
/// Characters of a text that may be one, hyphens and spaces included.
const MAX_TEXT: usize = 64;

/// A one-time code that a device exchanges for its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingCode {
    pub(in crate::access) prefix: String,
    pub(in crate::access) secret: Secret<String>,
}

impl PairingCode {
    pub(in crate::access) fn random() -> Self {
        // 32 divides 256, so every character is as likely as any other.
        let symbols = random_bytes::<LENGTH>().map(|byte| {
            let symbol = ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or_default();
            char::from(symbol)
        });
        Self::of(symbols.into_iter())
    }

    /// Reads a code as people type it: in either case, with or without hyphens and spaces, with O for 0 and I or L
    /// for 1.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let typed = text.chars().filter(|one| !one.is_whitespace() && *one != '-');
        let symbols: Option<Vec<char>> = typed.map(symbol).collect();
        let symbols = symbols.filter(|symbols| symbols.len() == LENGTH)?;
        Some(Self::of(symbols.into_iter()))
    }

    fn of(mut symbols: impl Iterator<Item = char>) -> Self {
        let prefix = symbols.by_ref().take(PREFIX).collect();
        Self { prefix, secret: Secret::new(symbols.collect()) }
    }

    /// The text that is shown, once: `XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn expose(&self) -> String {
        let (middle, end) = self.secret.expose().split_at_checked(PREFIX).unwrap_or_default();
        format!("{}-{middle}-{end}", self.prefix)
    }

    /// The hash of the secret, which is stored in its place.
    pub(in crate::access) fn secret_hash(&self) -> [u8; 32] {
        sha256(self.secret.expose().as_bytes())
    }

    /// Whether the secret is the one whose hash was stored, in a time that does not tell where they differ.
    pub(in crate::access) fn is_proven_by(&self, secret_hash: &[u8]) -> bool {
        same(&self.secret_hash(), secret_hash)
    }
}

/// The character of the alphabet that was meant.
fn symbol(typed: char) -> Option<char> {
    let meant = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    u8::try_from(meant).ok().filter(|byte| ALPHABET.contains(byte)).map(char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_shown() {
        for _ in 0..100 {
            let code = PairingCode::random();
            let text = code.expose();
            let groups: Vec<&str> = text.split('-').collect();
            assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 4), "{text}");
            assert_eq!(PairingCode::parse(&text), Some(code.clone()));
            assert!(!format!("{code:?}").contains(code.secret.expose().as_str()));
        }
    }

    #[test]
    fn a_code_may_be_typed_as_people_type() {
        let code = PairingCode::parse("10AB-1CD0-XYZ9").unwrap();
        assert_eq!((code.prefix.as_str(), code.secret.expose().as_str()), ("10AB", "1CD0XYZ9"));
        for text in [
            "10ab-1cd0-xyz9",
            "10AB1CD0XYZ9",
            " 10AB 1CD0 XYZ9\r\n",
            "IOAB-LCDO-XYZ9",
            "loab-icdo-xyz9",
            "1-0-A-B-1-C-D-0-X-Y-Z-9",
        ] {
            assert_eq!(PairingCode::parse(text).as_ref(), Some(&code), "{text}");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        let long = format!("10AB-1CD0-XYZ9{}", " ".repeat(64));
        for text in [
            "",
            "10AB-1CD0-XYZ",
            "10AB-1CD0-XYZ99",
            "10AB-1CD0-XYU9",
            "10AB_1CD0_XYZ9",
            "１0AB-1CD0-XYZ9",
            &long,
        ] {
            assert_eq!(PairingCode::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_symbol_is_used_about_as_often() {
        let text: String = (0..2000).map(|_| PairingCode::random().expose()).collect();
        for symbol in ALPHABET {
            let count = text.bytes().filter(|byte| byte == symbol).count();
            // 750 are expected, with a standard deviation of 27.
            assert!((530..=970).contains(&count), "{}: {count}", char::from(*symbol));
        }
    }
}
