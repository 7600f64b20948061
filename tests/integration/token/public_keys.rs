//! The public keys, and a token's signature checked with nothing but them.

use std::collections::HashMap;

use data_encoding::{BASE32HEX_NOPAD, BASE64URL_NOPAD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use ticketgate::token::KeyRing;

use crate::support::TestApp;

const PATH: &str = "/.well-known/ticketgate-keys.json";

/// What somebody else's program does: the key by its name, the signature over what stands before it.
fn is_signed(keys: &Value, key_id: &str, token: &str) -> bool {
    let keys = keys["keys"].as_array().unwrap().iter();
    let by_name: HashMap<&str, &str> =
        keys.map(|key| (key["kid"].as_str().unwrap(), key["x"].as_str().unwrap())).collect();
    let public = BASE64URL_NOPAD.decode(by_name[key_id].as_bytes()).unwrap();
    let public = VerifyingKey::from_bytes(&public.try_into().unwrap()).unwrap();
    let (signed, signature) = token.rsplit_once(':').unwrap();
    let signature = BASE32HEX_NOPAD.decode(signature.as_bytes()).unwrap();
    let signature = Signature::from_slice(&signature).unwrap();
    public.verify_strict(signed.as_bytes(), &signature).is_ok()
}

#[test]
fn the_live_keys_are_published_the_current_one_first_and_check_every_token() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../fixtures/token-vectors.json")).unwrap();
    let app = TestApp::closed();
    app.tokens().replace_ring(KeyRing::parse(&vectors["key_ring"].to_string()).unwrap());
    let reply = app.client().get(PATH).expect(200);
    assert_eq!(reply.header("content-type"), Some("application/jwk-set+json"));
    assert_eq!(reply.header("cache-control"), Some("public, max-age=60"));
    let key = |name: &str, x: &str| json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": name, "use": "sig", "alg": "EdDSA"});
    assert_eq!(
        reply.body,
        json!({"keys": [
            key("KVECTOR1", "0eqxBgGq72FBZaRnsZioVSwhpjYsebP3ZIli1HvtbmA"),
            key("KVECTOR2", "I8xa_kHXHq8UGsCs7q7EdLhFPKP0-xXOyBNM08e1zjE"),
        ]})
    );
    for vector in vectors["valid"].as_array().unwrap() {
        let (key_id, token) =
            (vector["key_id"].as_str().unwrap(), vector["token"].as_str().unwrap());
        assert!(is_signed(&reply.body, key_id, token), "{}", vector["description"]);
        let other = if key_id == "KVECTOR1" { "KVECTOR2" } else { "KVECTOR1" };
        assert!(!is_signed(&reply.body, other, token));
        let first = if token.starts_with('0') { "1" } else { "0" };
        let changed = format!("{first}{}", token.split_at(1).1);
        assert!(!is_signed(&reply.body, key_id, &changed));
    }
    let partner = app.new_partner("acme", "");
    let issued = partner.token(&partner.ticket());
    assert!(is_signed(&reply.body, "KVECTOR1", &issued));
}
