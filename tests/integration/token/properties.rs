//! Whatever is sealed opens; whatever was changed does not; and no text brings the reader down.

use proptest::prelude::*;
use ticketgate::kernel::{Jti, TicketCode, Timestamp};
use ticketgate::token::{Claims, KeyRing, Sealing, TokenError, Tokens};

use super::forge::{error_of, with_flipped_bit};

fn ring() -> KeyRing {
    KeyRing::generate(Timestamp::from_unix_seconds(0)).unwrap()
}

fn claims() -> impl Strategy<Value = Claims> {
    let parts = (any::<[u8; 16]>(), "[A-Z0-9-]{1,64}", any::<u32>());
    parts.prop_map(|(jti, code, expiry)| Claims {
        jti: Jti::from_bytes(jti),
        ticket_code: TicketCode::parse(&code).unwrap(),
        expires_at: Timestamp::from_unix_seconds(expiry.into()),
    })
}

/// A new ring with a token that it sealed.
fn sealed(claims: &Claims, iv: [u8; 12]) -> (Tokens, String) {
    let ring = ring();
    let key_id = ring.current_key_id().unwrap().to_owned();
    let tokens = Tokens::new(ring, 64);
    let text = tokens.seal(claims, &Sealing { key_id, iv }).unwrap();
    (tokens, text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_sealed_opens(claims in claims(), iv in any::<[u8; 12]>()) {
        let (tokens, text) = sealed(&claims, iv);
        prop_assert!(text.is_ascii() && text.len() <= 288, "{}", text);
        let opened = tokens.open(&text).unwrap();
        prop_assert_eq!(&opened.claims, &claims);
        let typed = format!(" {}\r\n", text.to_lowercase().replace(':', "\u{FF1A}"));
        prop_assert_eq!(tokens.open(&typed).unwrap().claims, claims);
    }

    #[test]
    fn a_flipped_bit_never_opens(
        claims in claims(), iv in any::<[u8; 12]>(), part in 0..4_usize, bit in any::<usize>(),
    ) {
        let (tokens, text) = sealed(&claims, iv);
        let changed = with_flipped_bit(&text, part, bit);
        prop_assert_ne!(&changed, &text);
        prop_assert_eq!(tokens.open(&changed), Err(error_of(part)));
    }

    #[test]
    fn another_character_never_opens(
        claims in claims(), iv in any::<[u8; 12]>(), at in any::<prop::sample::Index>(), other in any::<char>(),
    ) {
        let (tokens, text) = sealed(&claims, iv);
        let at = at.index(text.len());
        let changed: String =
            text.chars().enumerate().map(|(n, c)| if n == at { other } else { c }).collect();
        let is_another_spelling = changed.trim().to_ascii_uppercase().replace('\u{FF1A}', ":") == text;
        prop_assume!(!is_another_spelling);
        prop_assert!(tokens.open(&changed).is_err(), "{}", changed);
    }

    #[test]
    fn a_part_of_a_token_never_opens(
        claims in claims(), iv in any::<[u8; 12]>(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(),
    ) {
        let (tokens, text) = sealed(&claims, iv);
        let (from, to) = (from.index(text.len() + 1), to.index(text.len() + 1));
        let part: String = text.chars().take(to).skip(from).collect();
        prop_assume!(part.len() < text.len());
        prop_assert_eq!(tokens.open(&part), Err(TokenError::DecryptionFailed));
    }

    #[test]
    fn tokens_of_another_ring_never_open(claims in claims(), iv in any::<[u8; 12]>()) {
        let (_, text) = sealed(&claims, iv);
        let (tokens, _) = sealed(&claims, iv);
        prop_assert_eq!(tokens.open(&text), Err(TokenError::DecryptionFailed));
    }

    #[test]
    fn no_text_is_a_token_by_chance(text in "\\PC{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..2048)) {
        let tokens = Tokens::new(ring(), 64);
        prop_assert_eq!(tokens.open(&text), Err(TokenError::DecryptionFailed));
        let bytes = String::from_utf8_lossy(&bytes);
        prop_assert_eq!(tokens.open(&bytes), Err(TokenError::DecryptionFailed));
    }

    #[test]
    fn nothing_of_the_right_shape_is_a_token_by_chance(text in "[0-9A-V]{20}:[0-9A-V]{0,120}:[0-9A-V]{26}:[0-9A-V]{103}") {
        let tokens = Tokens::new(ring(), 64);
        prop_assert_eq!(tokens.open(&text), Err(TokenError::DecryptionFailed));
    }
}

#[test]
fn every_single_bit_of_a_token_counts() {
    let claims = Claims {
        jti: Jti::from_bytes([7; 16]),
        ticket_code: TicketCode::parse("OTA-CP-20261121-000001").unwrap(),
        expires_at: Timestamp::from_unix_seconds(1_795_226_400),
    };
    let (tokens, text) = sealed(&claims, [3; 12]);
    for (part, bytes) in [12, 43, 16, 64].into_iter().enumerate() {
        for bit in 0..8 * bytes {
            let changed = with_flipped_bit(&text, part, bit);
            assert_eq!(tokens.open(&changed), Err(error_of(part)), "part {part} bit {bit}");
        }
    }
}

#[test]
fn every_other_last_character_of_a_part_counts() {
    let claims = Claims {
        jti: Jti::from_bytes([7; 16]),
        ticket_code: TicketCode::parse("OTA-CP-20261121-000001").unwrap(),
        expires_at: Timestamp::from_unix_seconds(1_795_226_400),
    };
    let (tokens, text) = sealed(&claims, [3; 12]);
    let parts: Vec<&str> = text.split(':').collect();
    for (at, part) in parts.iter().enumerate() {
        let (head, last) = part.split_at(part.len() - 1);
        for other in "0123456789ABCDEFGHIJKLMNOPQRSTUV".chars().filter(|c| !last.contains(*c)) {
            let mut changed: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            changed[at] = format!("{head}{other}");
            assert!(tokens.open(&changed.join(":")).is_err(), "part {at} with {other}");
        }
    }
}
