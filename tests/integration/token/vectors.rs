//! `tests/fixtures/token-vectors.json`, which other programs that make or read tokens can use too.

use serde::Deserialize;
use serde_json::Value;
use ticketgate::kernel::{TicketCode, Timestamp};
use ticketgate::token::{Claims, KeyRing, Sealing, Tokens};

#[derive(Deserialize)]
struct Vectors {
    associated_data: String,
    key_ring: Value,
    public_keys: std::collections::BTreeMap<String, String>,
    valid: Vec<ValidToken>,
    spellings: Vec<Spelling>,
    invalid: Vec<InvalidToken>,
}

#[derive(Deserialize)]
struct ValidToken {
    description: String,
    key_id: String,
    jti: String,
    ticket_code: String,
    expires_at: String,
    expires_at_unix: i64,
    iv_hex: String,
    plaintext_hex: String,
    token: String,
}

#[derive(Deserialize)]
struct Spelling {
    description: String,
    scanned: String,
}

#[derive(Deserialize)]
struct InvalidToken {
    description: String,
    scanned: String,
    error: String,
}

impl ValidToken {
    fn claims(&self) -> Claims {
        let expires_at = Timestamp::parse(&self.expires_at).unwrap();
        assert_eq!(expires_at.unix_seconds(), self.expires_at_unix);
        let ticket_code = TicketCode::parse(&self.ticket_code).unwrap();
        Claims { jti: self.jti.parse().unwrap(), ticket_code, expires_at }
    }
}

fn vectors() -> (Vectors, Tokens) {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../fixtures/token-vectors.json")).unwrap();
    let ring = KeyRing::parse(&vectors.key_ring.to_string()).unwrap();
    (vectors, Tokens::new(ring, 64))
}

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

#[test]
fn the_valid_vectors_are_sealed_to_the_letter_and_open() {
    let (vectors, tokens) = vectors();
    assert!(vectors.valid.len() >= 3);
    for vector in &vectors.valid {
        let iv = hex(&vector.iv_hex).try_into().unwrap();
        let sealing = Sealing { key_id: vector.key_id.clone(), iv };
        let sealed = tokens.seal(&vector.claims(), &sealing);
        assert_eq!(sealed.as_ref(), Some(&vector.token), "{}", vector.description);
        // Twice: the second time it is remembered.
        for _ in 0..2 {
            let opened = tokens.open(&vector.token).unwrap();
            assert_eq!(opened.claims, vector.claims(), "{}", vector.description);
            assert_eq!(*opened.key_id, *vector.key_id);
        }
    }
}

#[test]
fn their_plaintexts_are_what_the_contract_says() {
    let (vectors, _) = vectors();
    assert_eq!(vectors.associated_data, "ticketgate/qr/v1");
    for vector in &vectors.valid {
        let mut plaintext = vec![1];
        plaintext.extend_from_slice(vector.claims().jti.as_bytes());
        plaintext.extend_from_slice(&u32::try_from(vector.expires_at_unix).unwrap().to_be_bytes());
        plaintext.extend_from_slice(vector.ticket_code.as_bytes());
        assert_eq!(hex(&vector.plaintext_hex), plaintext, "{}", vector.description);
        let encrypted = vector.token.split(':').nth(1).unwrap();
        let encrypted = data_encoding::BASE32HEX_NOPAD.decode(encrypted.as_bytes()).unwrap();
        assert_eq!(encrypted.len(), plaintext.len());
    }
}

#[test]
fn every_spelling_opens_as_the_first_vector_does() {
    let (vectors, tokens) = vectors();
    for spelling in vectors.spellings {
        let opened = tokens.open(&spelling.scanned).unwrap();
        assert_eq!(opened.claims, vectors.valid[0].claims(), "{}", spelling.description);
    }
}

#[test]
fn the_invalid_vectors_do_not_open() {
    let (vectors, tokens) = vectors();
    assert!(vectors.invalid.len() >= 30);
    for vector in vectors.invalid {
        let error = tokens.open(&vector.scanned).map_err(ticketgate::token::TokenError::code);
        assert_eq!(error, Err(&*vector.error), "{}", vector.description);
    }
}

#[test]
fn the_public_keys_are_those_of_the_ring() {
    let (vectors, _) = vectors();
    let ring = KeyRing::parse(&vectors.key_ring.to_string()).unwrap();
    let summaries = ring.summaries();
    let live: Vec<_> =
        summaries.into_iter().filter_map(|key| Some((key.key_id, key.public_key?))).collect();
    assert_eq!(live, vectors.public_keys.into_iter().rev().collect::<Vec<_>>());
}
