//! The key ring: its keys' lives, its file, its secrets, and what is forgotten with it.

use serde_json::{Value, json};
use ticketgate::kernel::{Jti, TicketCode, Timestamp};
use ticketgate::token::{
    Claims, KeyRing, KeyState, MAX_LIVE_KEYS, RingError, SealCount, TokenError, Tokens,
};

fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T02:00:00Z").unwrap()
}

fn claims() -> Claims {
    Claims {
        jti: Jti::random(),
        ticket_code: TicketCode::parse("OTA-CP-20261121-000001").unwrap(),
        expires_at: now(),
    }
}

fn states(ring: &KeyRing) -> Vec<(String, KeyState)> {
    ring.summaries().into_iter().map(|key| (key.key_id, key.state)).collect()
}

fn seal(tokens: &Tokens) -> String {
    let sealing = tokens.next_seal().unwrap();
    tokens.seal(&claims(), &sealing).unwrap()
}

#[test]
fn a_key_is_accepted_then_current_then_retired() {
    let mut ring = KeyRing::generate(now()).unwrap();
    let first = ring.current_key_id().unwrap().to_owned();
    let by_first = seal(&Tokens::new(ring.clone(), 16));

    let second = ring.add(now()).unwrap();
    assert_ne!(second, first);
    let expected = [(first.clone(), KeyState::Current), (second.clone(), KeyState::Accepted)];
    assert_eq!(states(&ring), expected);
    let before_promotion = Tokens::new(ring.clone(), 16);

    ring.promote(&second).unwrap();
    let expected = [(first.clone(), KeyState::Accepted), (second.clone(), KeyState::Current)];
    assert_eq!(states(&ring), expected);
    let after = Tokens::new(ring.clone(), 16);
    let by_second = seal(&after);
    // A server that has not read the ring again yet opens what another seals with the new key.
    assert_eq!(*before_promotion.open(&by_second).unwrap().key_id, *second);
    assert_eq!(*after.open(&by_first).unwrap().key_id, *first);

    ring.retire(&first).unwrap();
    let expected = [(first.clone(), KeyState::Retired), (second.clone(), KeyState::Current)];
    assert_eq!(states(&ring), expected);
    let tokens = Tokens::new(ring.clone(), 16);
    assert_eq!(tokens.open(&by_first), Err(TokenError::DecryptionFailed));
    tokens.open(&by_second).unwrap();
    assert!(!tokens.key_is_live(&first) && tokens.key_is_live(&second));
    // Its secrets are gone from the file, and it does not come back.
    let file: Value = serde_json::from_str(&ring.to_json().unwrap()).unwrap();
    assert_eq!(
        file["keys"][0],
        json!({"key_id": first, "state": "retired", "created_at": "2026-11-21T02:00:00.000Z"})
    );
    assert_eq!(ring.promote(&first), Err(RingError::Retired(first.clone())));
    assert_eq!(ring.summaries()[0].public_key, None);
}

#[test]
fn what_cannot_be_done_with_a_ring_leaves_it_as_it_is() {
    let mut ring = KeyRing::generate(now()).unwrap();
    let first = ring.current_key_id().unwrap().to_owned();
    for _ in 1..MAX_LIVE_KEYS {
        ring.add(now()).unwrap();
    }
    let before = states(&ring);
    assert_eq!(before.len(), 4);
    let unknown = || RingError::UnknownKey("K0".to_owned());
    assert_eq!(ring.add(now()), Err(RingError::Full));
    assert_eq!(ring.promote("K0"), Err(unknown()));
    assert_eq!(ring.retire("K0"), Err(unknown()));
    assert_eq!(ring.retire(&first), Err(RingError::IsCurrent(first.clone())));
    assert_eq!(states(&ring), before);
    // Promoting the current key changes nothing; retiring twice neither.
    ring.promote(&first).unwrap();
    assert_eq!(states(&ring), before);
    let (last, _) = &before[3];
    ring.retire(last).unwrap();
    ring.retire(last).unwrap();
    // There is room again.
    ring.add(now()).unwrap();
    assert_eq!(states(&ring).len(), 5);
}

#[test]
fn a_ring_is_read_from_its_own_text() {
    let mut ring = KeyRing::generate(now()).unwrap();
    let first = ring.current_key_id().unwrap().to_owned();
    let second = ring.add(now()).unwrap();
    ring.promote(&second).unwrap();
    ring.retire(&first).unwrap();
    ring.add(now()).unwrap();
    let read = KeyRing::parse(&ring.to_json().unwrap()).unwrap();
    assert_eq!(read.summaries(), ring.summaries());
    assert_eq!(*read.to_json().unwrap(), *ring.to_json().unwrap());
    let token = seal(&Tokens::new(ring, 16));
    Tokens::new(read, 16).open(&token).unwrap();
}

/// The text of a ring of one key, with this field of the key changed.
fn with(field: &str, value: &Value) -> String {
    let ring = KeyRing::generate(now()).unwrap();
    let mut file: Value = serde_json::from_str(&ring.to_json().unwrap()).unwrap();
    file["keys"][0]["key_id"] = json!("K1");
    file["keys"][0][field] = value.clone();
    file.to_string()
}

#[test]
fn a_text_that_is_no_ring_is_refused_without_its_secrets() {
    let malformed = |text: &str| RingError::Malformed(text.to_owned());
    let bad_aes = malformed("aes_256_key of key K1 is not 32 bytes in base64url");
    let bad_ed25519 = malformed("ed25519_secret_key of key K1 is not 32 bytes in base64url");
    let short = json!("c2hvcnQ");
    let standard = json!("++++////++++////++++////++++////++++////+++");
    let cases = [
        ("{".to_owned(), malformed("its JSON is wrong at line 1, column 1")),
        (String::new(), malformed("its JSON is wrong at line 1, column 0")),
        ("{\"keys\": 5}".to_owned(), malformed("its JSON is wrong at line 1, column 10")),
        ("{\"keys\": []}".to_owned(), RingError::NoCurrentKey),
        (with("state", &json!("accepted")), RingError::NoCurrentKey),
        (with("state", &json!("retired")), RingError::NoCurrentKey),
        (with("aes_256_key", &short), bad_aes.clone()),
        (with("aes_256_key", &standard), bad_aes.clone()),
        (with("aes_256_key", &json!("")), bad_aes.clone()),
        (with("aes_256_key", &Value::Null), bad_aes),
        (with("ed25519_secret_key", &short), bad_ed25519.clone()),
        (with("ed25519_secret_key", &Value::Null), bad_ed25519),
    ];
    for (text, expected) in cases {
        assert_eq!(KeyRing::parse(&text).map(|_| ()), Err(expected), "{text}");
    }
    for (field, value) in [("state", json!("secretvalue")), ("extra", json!("secretvalue"))] {
        let error = KeyRing::parse(&with(field, &value)).unwrap_err().to_string();
        assert!(error.starts_with("read the key ring: its JSON is wrong at line 1, column "));
        assert!(!error.contains("secretvalue"), "{error}");
    }
}

#[test]
fn a_ring_has_one_current_key_and_four_live_ones() {
    let key = |n: usize, state: &str| {
        let mut file: Value = serde_json::from_str(&with("state", &json!(state))).unwrap();
        file["keys"][0]["key_id"] = json!(format!("K{n}"));
        file["keys"][0].take()
    };
    let ring = |states: &[&str]| {
        let keys: Vec<Value> = states.iter().enumerate().map(|(n, s)| key(n, s)).collect();
        KeyRing::parse(&json!({"keys": keys}).to_string()).map(|ring| states_of(&ring))
    };
    let states_of_four = ring(&["retired", "accepted", "current", "accepted", "accepted"]);
    assert_eq!(states_of_four.unwrap().len(), 5);
    assert_eq!(ring(&["current", "current"]), Err(RingError::TwoCurrentKeys));
    let five = ["current", "accepted", "accepted", "accepted", "accepted"];
    assert_eq!(ring(&five), Err(RingError::Full));
}

fn states_of(ring: &KeyRing) -> Vec<KeyState> {
    ring.summaries().into_iter().map(|key| key.state).collect()
}

#[test]
fn two_keys_of_one_name_are_no_ring() {
    let mut file: Value = serde_json::from_str(&with("state", &json!("current"))).unwrap();
    let mut other = file["keys"][0].clone();
    other["state"] = json!("accepted");
    file["keys"].as_array_mut().unwrap().push(other);
    let refused = RingError::Malformed("it has two keys of the name K1".to_owned());
    assert_eq!(KeyRing::parse(&file.to_string()).map(|_| ()), Err(refused));
}

#[test]
fn nothing_secret_is_shown() {
    let mut ring = KeyRing::generate(now()).unwrap();
    ring.add(now()).unwrap();
    let tokens = Tokens::new(ring.clone(), 16);
    let file: Value = serde_json::from_str(&ring.to_json().unwrap()).unwrap();
    let shown = format!("{ring:?} {tokens:?} {:?}", ring.summaries());
    let ids: Vec<String> = ring.summaries().into_iter().map(|key| key.key_id).collect();
    for (key, id) in file["keys"].as_array().unwrap().iter().zip(ids) {
        assert!(shown.contains(&id));
        for secret in ["aes_256_key", "ed25519_secret_key"] {
            let secret = key[secret].as_str().unwrap();
            assert_eq!(secret.len(), 43);
            assert!(!shown.contains(secret));
        }
    }
    assert!(!format!("{ring:?} {tokens:?}").contains("signing"));
}

#[test]
fn what_was_verified_is_forgotten_with_its_ring() {
    let mut ring = KeyRing::generate(now()).unwrap();
    let first = ring.current_key_id().unwrap().to_owned();
    let tokens = Tokens::new(ring.clone(), 16);
    let token = seal(&tokens);
    tokens.open(&token).unwrap();
    tokens.open(&token.to_lowercase()).unwrap();
    let second = ring.add(now()).unwrap();
    ring.promote(&second).unwrap();
    tokens.replace_ring(ring.clone());
    tokens.open(&token).unwrap();
    ring.retire(&first).unwrap();
    tokens.replace_ring(ring);
    assert_eq!(tokens.open(&token), Err(TokenError::DecryptionFailed));
}

#[test]
fn nothing_is_remembered_that_did_not_open() {
    let tokens = Tokens::new(KeyRing::generate(now()).unwrap(), 16);
    let token = seal(&tokens);
    let (signed, _) = token.rsplit_once(':').unwrap();
    let forged = format!("{signed}:{}", "0".repeat(103));
    for _ in 0..3 {
        assert_eq!(tokens.open(&forged), Err(TokenError::SignatureInvalid));
        tokens.open(&token).unwrap();
    }
}

#[test]
fn seals_are_counted_for_the_current_key() {
    let mut ring = KeyRing::generate(now()).unwrap();
    let tokens = Tokens::new(ring.clone(), 16);
    let nonces: std::collections::BTreeSet<[u8; 12]> =
        (0..100).map(|_| tokens.next_seal().unwrap().iv).collect();
    assert_eq!((nonces.len(), tokens.seal_count().seals), (100, 100));
    // What was counted everywhere takes its place, for the key that it is about, and stays while that one seals.
    let SealCount { key_id, .. } = tokens.seal_count();
    tokens.set_seal_count(&SealCount { key_id: "K0".to_owned(), seals: 9 });
    assert_eq!(tokens.seal_count().seals, 100);
    tokens.set_seal_count(&SealCount { key_id, seals: 5000 });
    assert!(!tokens.replace_ring(ring.clone()), "it is the same ring");
    let second = ring.add(now()).unwrap();
    assert!(tokens.replace_ring(ring.clone()));
    tokens.next_seal().unwrap();
    assert_eq!(tokens.seal_count().seals, 5001);
    ring.promote(&second).unwrap();
    assert!(tokens.replace_ring(ring));
    assert_eq!((tokens.seal_count().key_id, tokens.seal_count().seals), (second.clone(), 0));
    assert_eq!(tokens.next_seal().unwrap().key_id, second);
}
