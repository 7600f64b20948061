//! Makes forgeries, the same ones in every run: good tokens changed, mixed and cut, and tokens of wrong keys.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use data_encoding::{BASE32HEX_NOPAD, BASE64URL_NOPAD};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use ticketgate::kernel::{Jti, TicketCode, Timestamp};
use ticketgate::token::{Claims, KeyRing, Sealing, TokenError, Tokens};

const BROKEN: TokenError = TokenError::DecryptionFailed;
const FORGED: TokenError = TokenError::SignatureInvalid;
const ASSOCIATED_DATA: &[u8] = b"ticketgate/qr/v1";
const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

/// Bytes that look random and are not (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next().to_be_bytes()[0])
    }

    fn of<'t>(&mut self, all: &'t [String]) -> &'t str {
        &all[self.below(all.len())]
    }

    fn character(&mut self) -> char {
        let all = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ:=-. \u{0}\u{FF1A}\u{7968}";
        all.chars().nth(self.below(all.chars().count())).unwrap()
    }

    /// A key's record in a ring.
    pub(super) fn key(&mut self, key_id: &str, state: &str) -> Value {
        json!({
            "key_id": key_id, "state": state, "created_at": "2026-11-21T02:00:00.000Z",
            "aes_256_key": BASE64URL_NOPAD.encode(&self.bytes::<32>()),
            "ed25519_secret_key": BASE64URL_NOPAD.encode(&self.bytes::<32>()),
        })
    }

    pub(super) fn claims(&mut self) -> Claims {
        let code = format!("OTA-CP-20261121-{:06}", self.below(1_000_000));
        Claims {
            jti: Jti::from_bytes(self.bytes()),
            ticket_code: TicketCode::parse(&code).unwrap(),
            expires_at: Timestamp::from_unix_seconds(1_900_000_000),
        }
    }

    /// New tokens of a key.
    pub(super) fn sealed(&mut self, tokens: &Tokens, key_id: &str, quantity: usize) -> Vec<String> {
        let seal = |_| {
            let sealing = Sealing { key_id: key_id.to_owned(), iv: self.bytes() };
            tokens.seal(&self.claims(), &sealing).unwrap()
        };
        (0..quantity).map(seal).collect()
    }

    /// New tokens that a key seals for another purpose, or of another version, signed well.
    pub(super) fn odd(&mut self, key: &Value, quantity: usize) -> Vec<String> {
        let secret = |name: &str| -> [u8; 32] {
            let text = key[name].as_str().unwrap();
            BASE64URL_NOPAD.decode(text.as_bytes()).unwrap().try_into().unwrap()
        };
        let cipher = Aes256Gcm::new(&secret("aes_256_key").into());
        let signing = SigningKey::from_bytes(&secret("ed25519_secret_key"));
        let oddities: [(&[u8], u8); 5] = [
            (b"", 1),
            (b"ticketgate/qr/v2", 1),
            (b"ticketgate/qr/v1 ", 1),
            (ASSOCIATED_DATA, 0),
            (ASSOCIATED_DATA, 2),
        ];
        let seal = |number: usize| {
            let (associated_data, version) = oddities[number % oddities.len()];
            let iv: [u8; 12] = self.bytes();
            let mut buffer = vec![version];
            buffer.extend(self.bytes::<20>());
            buffer.extend(self.claims().ticket_code.as_str().bytes());
            let tag = cipher
                .encrypt_inout_detached(
                    &Nonce::from(iv),
                    associated_data,
                    buffer.as_mut_slice().into(),
                )
                .unwrap();
            let tag: [u8; 16] = tag.into();
            let text = [&iv[..], &buffer, &tag].map(|part| BASE32HEX_NOPAD.encode(part)).join(":");
            let signature = BASE32HEX_NOPAD.encode(&signing.sign(text.as_bytes()).to_bytes());
            format!("{text}:{signature}")
        };
        (0..quantity).map(seal).collect()
    }

    /// A forgery out of good tokens, and how it is refused. The number goes through kinds and positions.
    pub(super) fn forgery(&mut self, good: &[String], number: usize) -> (String, TokenError) {
        let (kind, step) = (number % 10, number / 10);
        let token = good[step % good.len()].as_str();
        match kind {
            0 => flipped(token, step),
            1 => (token.split_at(step % token.len()).0.to_owned(), BROKEN),
            2 => permuted(token, step),
            3 => {
                let other = self.other(good, token);
                mixed(token, other, 1 + step % 14)
            }
            4 => self.replaced(token, step),
            5 | 6 => self.inserted(token),
            7 => (token.split_at(1 + step % (token.len() - 1)).1.to_owned(), BROKEN),
            _ => {
                let parts = [12, 43, 16, 64].map(|length| {
                    let bytes: Vec<u8> = (0..length).map(|_| self.bytes::<1>()[0]).collect();
                    BASE32HEX_NOPAD.encode(&bytes)
                });
                (parts.join(":"), BROKEN)
            }
        }
    }

    fn other<'t>(&mut self, good: &'t [String], token: &str) -> &'t str {
        loop {
            let other = self.of(good);
            if other != token {
                return other;
            }
        }
    }

    /// Another character in one place.
    fn replaced(&mut self, token: &str, step: usize) -> (String, TokenError) {
        let at = step % token.len();
        let (head, tail) = token.split_at(at);
        let (was, rest) = tail.split_at(1);
        let new = match self.character() {
            '\u{FF1A}' if was == ":" => '=',
            new if was.contains(new) => '=',
            // White space around a token is no change of it.
            ' ' => '.',
            new => new,
        };
        let forged = format!("{head}{new}{rest}");
        let is_of_signature = head.matches(':').count() == 3;
        let is_read = ALPHABET.contains(new) && {
            let signature = forged.rsplit(':').next().unwrap();
            BASE32HEX_NOPAD.decode(signature.as_bytes()).is_ok()
        };
        (forged, if is_of_signature && is_read { FORGED } else { BROKEN })
    }

    /// One character more within it.
    fn inserted(&mut self, token: &str) -> (String, TokenError) {
        let (head, rest) = token.split_at(1 + self.below(token.len() - 1));
        (format!("{head}{}{rest}", self.character()), BROKEN)
    }
}

/// One bit changed; the step goes through all of them.
fn flipped(token: &str, step: usize) -> (String, TokenError) {
    let bits = |part: &str| part.len() * 5 / 8 * 8;
    let mut bit = step % token.split(':').map(bits).sum::<usize>();
    let mut changed = 0;
    for length in token.split(':').map(bits) {
        if bit < length {
            break;
        }
        bit -= length;
        changed += 1;
    }
    (with_flipped_bit(token, changed, bit), error_of(changed))
}

/// A token with one bit of one of its parts changed, counted from the highest.
pub(super) fn with_flipped_bit(token: &str, part: usize, bit: usize) -> String {
    let mut parts: Vec<String> = token.split(':').map(str::to_owned).collect();
    let mut bytes = BASE32HEX_NOPAD.decode(parts[part].as_bytes()).unwrap();
    let bit = bit % (8 * bytes.len());
    bytes[bit / 8] ^= 0x80 >> (bit % 8);
    parts[part] = BASE32HEX_NOPAD.encode(&bytes);
    parts.join(":")
}

/// How a changed part shows itself: the last one is the signature.
pub(super) fn error_of(part: usize) -> TokenError {
    if part == 3 { FORGED } else { BROKEN }
}

/// Its parts in another order.
fn permuted(token: &str, step: usize) -> (String, TokenError) {
    let mut left: Vec<&str> = token.split(':').collect();
    // Of the 24 orders the first is the token's own.
    let mut order = 1 + step % 23;
    let mut next = |among: usize| {
        let at = order % among;
        order /= among;
        left.remove(at)
    };
    ([4, 3, 2, 1].map(&mut next).join(":"), BROKEN)
}

/// Parts of two good tokens; which, say the bits of a number from 1 to 14.
pub(super) fn mixed(one: &str, other: &str, mix: usize) -> (String, TokenError) {
    let tokens = [one, other].map(|token| token.split(':').collect::<Vec<_>>());
    let parts: Vec<&str> = (0..4).map(|at| tokens[mix >> at & 1][at]).collect();
    // The signature alone swapped: it decrypts.
    (parts.join(":"), if matches!(mix, 7 | 8) { FORGED } else { BROKEN })
}

/// The tokens under a ring of these keys.
pub(super) fn tokens_of(keys: &[&Value]) -> Tokens {
    let ring = json!({"keys": keys}).to_string();
    Tokens::new(KeyRing::parse(&ring).unwrap(), 64)
}
