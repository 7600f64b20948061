//! The text of keys and operators' tokens: found by a prefix, proven by a secret.

use data_encoding::BASE32HEX_NOPAD;

use crate::kernel::{Secret, random_bytes};
use crate::token::{same, sha256};

/// What kind of key a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::access) enum KeyKind {
    Partner,
    Terminal,
    Operator,
}

impl KeyKind {
    fn start(self) -> &'static str {
        match self {
            Self::Partner => "tg_live_",
            Self::Terminal => "tg_term_",
            Self::Operator => "tg_op_",
        }
    }
}

/// Whether a text could be a prefix or a secret.
pub(super) fn is_plain(part: &str) -> bool {
    (1..=64).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A key's text, `tg_live_<prefix>_<secret>`: found by its prefix, proven by its secret of 256 random bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::access) struct KeyText {
    pub(in crate::access) prefix: String,
    pub(in crate::access) secret: Secret<String>,
}

impl KeyText {
    pub(in crate::access) fn random() -> Self {
        let text = |bytes: &[u8]| BASE32HEX_NOPAD.encode(bytes).to_ascii_lowercase();
        Self {
            prefix: text(&random_bytes::<10>()),
            secret: Secret::new(text(&random_bytes::<32>())),
        }
    }

    pub(in crate::access) fn parse(kind: KeyKind, text: &str) -> Option<Self> {
        let (prefix, secret) = text.strip_prefix(kind.start())?.split_once('_')?;
        (is_plain(prefix) && is_plain(secret))
            .then(|| Self { prefix: prefix.to_owned(), secret: Secret::new(secret.to_owned()) })
    }

    /// The text that its holder keeps; shown once.
    pub(in crate::access) fn expose(&self, kind: KeyKind) -> String {
        format!("{}{}_{}", kind.start(), self.prefix, self.secret.expose())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_text_is_read_as_it_was_written() {
        let key = KeyText::random();
        let text = key.expose(KeyKind::Partner);
        assert_eq!(KeyText::parse(KeyKind::Partner, &text), Some(key.clone()));
        assert_eq!(KeyText::parse(KeyKind::Terminal, &text), None);
        assert_eq!(KeyText::parse(KeyKind::Operator, &text), None);
        assert!(!format!("{key:?}").contains(key.secret.expose().as_str()));
    }

    #[test]
    fn a_key_is_proven_by_the_hash_of_its_own_secret() {
        let key = KeyText::random();
        assert!(key.is_proven_by(&key.secret_hash()));
        assert!(!key.is_proven_by(&KeyText::random().secret_hash()));
        assert!(!key.is_proven_by(key.secret.expose().as_bytes()));
    }
}
