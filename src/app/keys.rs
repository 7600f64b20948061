//! `GET /.well-known/ticketgate-keys.json`: the public keys, with which anybody can check the signature of a token.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::state::App;
use crate::access::{Allowed, OpenPermit};
use crate::token::KeySummary;

/// A JWK Set (RFC 7517, section 5).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct KeySetBody {
    /// The live keys, the one that seals first.
    keys: Vec<KeyBody>,
}

/// The public half of a key: a JSON Web Key of the type OKP (RFC 8037, section 2).
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct KeyBody {
    /// The type: `OKP`.
    kty: &'static str,
    /// The curve: `Ed25519`.
    crv: &'static str,
    /// The public key, 32 bytes in base64url without padding.
    x: String,
    /// The key's name.
    kid: String,
    /// What it is for: `sig`.
    #[serde(rename = "use")]
    purpose: &'static str,
    /// The algorithm: `EdDSA`.
    alg: &'static str,
}

impl KeyBody {
    fn of(key: KeySummary) -> Option<Self> {
        let (kty, crv, purpose, alg) = ("OKP", "Ed25519", "sig", "EdDSA");
        Some(Self { kty, crv, x: key.public_key?, kid: key.key_id, purpose, alg })
    }
}

/// Read the public keys
///
/// A JWK Set of the keys that sign QR tokens: a token's signature is Ed25519 over the ASCII text
/// `iv:encrypted:authTag`. The key that signs new tokens comes first. May be kept for a minute.
#[utoipa::path(get, path = "/.well-known/ticketgate-keys.json", tag = "server",
    responses((status = 200, description = "The keys", body = KeySetBody,
        content_type = "application/jwk-set+json")))]
pub(super) async fn public_keys(_: Allowed<OpenPermit>, app: web::Data<App>) -> HttpResponse {
    let keys = app.tokens.live_keys().into_iter().filter_map(KeyBody::of).collect();
    HttpResponse::Ok()
        .content_type("application/jwk-set+json")
        .insert_header((CACHE_CONTROL, "public, max-age=60"))
        .json(KeySetBody { keys })
}
