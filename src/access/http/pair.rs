//! `POST /terminals/pair`.

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use super::Allowed;
use crate::access::error::AccessError;
use crate::access::model::{PairingCode, TerminalKey};
use crate::access::pair_terminal::{self, PairingAttempt};
use crate::access::permit::EnterPermit;
use crate::access::state::AccessState;
use crate::http::{JsonBody, Problem, request_id};

/// The body of `POST /terminals/pair`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct PairBody {
    /// The code that an administrator made, `XXXX-XXXX-XXXX`; in either case, hyphens and spaces do not matter.
    pairing_code: String,
}

/// Pair a device
///
/// Exchanges a one-time pairing code for the terminal's own key, which is shown this once. An older key of the terminal
/// is no good any more.
#[utoipa::path(post, path = "/terminals/pair", tag = "terminals", request_body = PairBody,
    responses((status = 200, description = "The terminal and its key", body = TerminalKey)))]
pub async fn pair_terminal(
    permit: Allowed<EnterPermit>,
    state: web::Data<AccessState>,
    request: HttpRequest,
    body: JsonBody<PairBody>,
) -> Result<web::Json<TerminalKey>, Problem> {
    let failures = permit.0.failures().clone();
    let refused = || failures.count().err().unwrap_or(AccessError::InvalidPairingCode);
    let code = PairingCode::parse(&body.0.pairing_code).ok_or_else(refused)?;
    let attempt = PairingAttempt { code, request_id: request_id(&request) };
    let now = state.clock.now();
    let write =
        state.db.write(move |tx| pair_terminal::pair_terminal(tx, &permit.0, &attempt, now));
    let key = write.await?.ok_or_else(refused)?;
    // The device's older key may have been accepted a moment ago.
    state.authenticator.forget();
    Ok(web::Json(key))
}
