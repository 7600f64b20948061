//! Invariant 8: forged, truncated, bit-flipped or re-keyed tokens never open.

use std::collections::HashSet;

use data_encoding::BASE32HEX_NOPAD;
use ticketgate::kernel::Timestamp;
use ticketgate::token::{KeyRing, TokenError, Tokens};

use super::forge::{Dice, mixed, tokens_of};
use crate::support::TestApp;
use crate::support::tables::{everything, number};
use crate::support::test_app::START;

const BROKEN: &str = "QR_DECRYPTION_FAILED";
const FORGED: &str = "QR_SIGNATURE_INVALID";

fn joined(parts: &[&str]) -> String {
    parts.join(":")
}

/// Each part with its first and its last bit, and its last character, changed.
fn changed_parts(token: &str) -> Vec<(String, &'static str)> {
    let parts: Vec<&str> = token.split(':').collect();
    let mut forgeries = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let bytes = BASE32HEX_NOPAD.decode(part.as_bytes()).unwrap();
        let replaced = |part: &str| {
            let mut parts = parts.clone();
            parts[at] = part;
            joined(&parts)
        };
        for bit in [0, 8 * bytes.len() - 1] {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 0x80 >> (bit % 8);
            let code = if at == 3 { FORGED } else { BROKEN };
            forgeries.push((replaced(&BASE32HEX_NOPAD.encode(&bytes)), code));
        }
        let (head, last) = part.split_at(part.len() - 1);
        forgeries.push((replaced(head), BROKEN));
        forgeries.push((replaced(&format!("{part}0")), BROKEN));
        forgeries.push((replaced(""), BROKEN));
        // The last character's unused bits are zero: one more makes another text of the same bytes.
        let alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
        let last = alphabet.find(last).unwrap();
        let twin = char::from(alphabet.as_bytes()[last + 1]);
        forgeries.push((replaced(&format!("{head}{twin}")), BROKEN));
    }
    forgeries
}

/// The same claims, sealed with keys that are not the server's.
fn rekeyed(app: &TestApp, token: &str) -> Vec<(String, &'static str)> {
    let claims = app.tokens().open(token).unwrap().claims;
    let other = Tokens::new(KeyRing::generate(Timestamp::parse(START).unwrap()).unwrap(), 1);
    let foreign = other.seal(&claims, &other.next_seal().unwrap()).unwrap();
    let (signed, signature) = token.rsplit_once(':').unwrap();
    let (foreign_signed, foreign_signature) = foreign.rsplit_once(':').unwrap();
    vec![
        (format!("{signed}:{foreign_signature}"), FORGED),
        (format!("{foreign_signed}:{signature}"), BROKEN),
        (foreign.clone(), BROKEN),
    ]
}

#[test]
fn forged_tokens_never_open() {
    let app = TestApp::demo();
    let codes = app.partner().generate(2);
    let tokens = [0, 1].map(|n| app.partner().token(&codes[n]));
    let mut forgeries = changed_parts(&tokens[0]);
    let mix = |mix| mixed(&tokens[0], &tokens[1], mix);
    let mut dice = Dice(0x7163_6B65);
    // The steps are wide, so that few forgeries reach every part.
    let more = (0..2000).map(|number| dice.forgery(&tokens, 37 * number));
    forgeries.extend((1..15).map(mix).chain(more).map(|(text, error)| (text, error.code())));
    forgeries.extend(rekeyed(&app, &tokens[0]));
    let cut = [0, 1, 19, 20, 21, 90, 117, 118, 219, 220];
    forgeries.extend(cut.map(|length| (tokens[0].split_at(length).0.to_owned(), BROKEN)));
    forgeries.extend([
        (format!("{}{}", tokens[0], tokens[0]), BROKEN),
        (format!("{}:{}", tokens[0], tokens[1]), BROKEN),
        (codes[0].clone(), BROKEN),
        ("\u{0}".repeat(221), BROKEN),
        ("F".repeat(15_000), BROKEN),
    ]);
    let before = everything(&mut app.session());
    for (forgery, code) in forgeries {
        assert_eq!(app.gate().look(&forgery).verdict(), (400, code), "{forgery}");
        assert_eq!(app.gate().scan(&forgery, "ferry").verdict(), (422, code), "{forgery}");
    }
    assert_eq!(everything(&mut app.session()), before);
    let events = "SELECT count(*) AS value FROM redemption_events";
    assert_eq!(number(&mut app.session(), events), 0);
    for token in tokens {
        app.gate().scan(&token, "ferry").expect(200);
    }
}

/// Tokens of keys that are not in the ring, or of the ring's keys put to another use, and how they are refused.
fn of_wrong_keys(dice: &mut Dice, each: usize) -> (Tokens, Vec<String>, Vec<(String, TokenError)>) {
    let [current, accepted, retired, foreign] = ["current", "accepted", "retired", "foreign"]
        .map(|name| dice.key(name, if name == "accepted" { "accepted" } else { "current" }));
    let signed_by = |key: &serde_json::Value, other: &serde_json::Value| {
        let mut key = key.clone();
        key["state"] = "current".into();
        key["ed25519_secret_key"] = other["ed25519_secret_key"].clone();
        key
    };
    let mut ended = retired.clone();
    for (name, value) in [("state", "retired".into()), ("aes_256_key", serde_json::Value::Null)] {
        ended[name] = value;
    }
    ended["ed25519_secret_key"] = serde_json::Value::Null;
    let tokens = tokens_of(&[&ended, &current, &accepted]);
    let mut good = dice.sealed(&tokens, "current", 500);
    good.extend(dice.sealed(&tokens, "accepted", 500));
    let mut wrong = Vec::new();
    for (key, error) in [
        (retired, TokenError::DecryptionFailed),
        (foreign.clone(), TokenError::DecryptionFailed),
        (signed_by(&foreign, &current), TokenError::DecryptionFailed),
        (signed_by(&current, &foreign), TokenError::SignatureInvalid),
        // A key vouches for what it sealed itself, and for nothing of its neighbour's.
        (signed_by(&current, &accepted), TokenError::SignatureInvalid),
        (signed_by(&accepted, &current), TokenError::SignatureInvalid),
    ] {
        let name = key["key_id"].as_str().unwrap();
        let sealed = dice.sealed(&tokens_of(&[&key]), name, each);
        wrong.extend(sealed.into_iter().map(|text| (text, error)));
    }
    for key in [&current, &accepted] {
        let odd = dice.odd(key, each).into_iter();
        wrong.extend(odd.map(|text| (text, TokenError::DecryptionFailed)));
    }
    (tokens, good, wrong)
}

#[test]
fn of_a_hundred_thousand_forgeries_none_opens() {
    let mut dice = Dice(0x7469_636B);
    let (tokens, good, mut forgeries) = of_wrong_keys(&mut dice, 500);
    let missing = 100_000 - forgeries.len();
    forgeries.extend((0..missing).map(|number| dice.forgery(&good, number)));
    let different: HashSet<&str> = forgeries.iter().map(|(text, _)| text.as_str()).collect();
    assert!(different.len() > 98_000, "{}", different.len());
    for (number, (forgery, error)) in forgeries.iter().enumerate() {
        assert_eq!(tokens.open(forgery).map(drop), Err(*error), "{number}: {forgery}");
    }
    for token in good {
        assert!(tokens.open(&token).is_ok(), "{token}");
    }
}
