//! Invariant 8: forged, truncated, bit-flipped or re-keyed tokens never open.

use data_encoding::BASE32HEX_NOPAD;
use ticketgate::kernel::Timestamp;
use ticketgate::token::{KeyRing, Tokens};

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

/// The parts of two good tokens of one ring, mixed in every way.
fn mixed_parts(one: &str, other: &str) -> Vec<(String, &'static str)> {
    let tokens = [one, other].map(|token| token.split(':').collect::<Vec<_>>());
    (1..15_usize)
        .map(|mix| {
            let parts: Vec<&str> = (0..4).map(|at| tokens[mix >> at & 1][at]).collect();
            // The signature alone swapped: it decrypts.
            (joined(&parts), if matches!(mix, 7 | 8) { FORGED } else { BROKEN })
        })
        .collect()
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
    forgeries.extend(mixed_parts(&tokens[0], &tokens[1]));
    forgeries.extend(rekeyed(&app, &tokens[0]));
    let cut = [0, 1, 19, 20, 21, 90, 117, 118, 219, 220];
    forgeries.extend(cut.map(|length| (tokens[0].split_at(length).0.to_owned(), BROKEN)));
    forgeries.extend([
        (format!("{}{}", tokens[0], tokens[0]), BROKEN),
        (format!("{}:{}", tokens[0], tokens[1]), BROKEN),
        (codes[0].clone(), BROKEN),
        ("\u{0}".repeat(221), BROKEN),
        ("F".repeat(100_000), BROKEN),
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
