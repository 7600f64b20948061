//! `POST /operators/login`, `POST /operators/logout`, `GET /operators/me`, `POST /operators/password`.

use actix_web::{HttpResponse, web};

use super::authenticate::Allowed;
use crate::access::change_password as own_password;
use crate::access::log_in::{log_in, log_out, read_session};
use crate::access::model::{LoggedIn, LoginBody, OperatorSession, PasswordBody};
use crate::access::permit::{EnterPermit, PasswordPermit, SelfPermit};
use crate::access::state::AccessState;
use crate::http::{JsonBody, Problem};

/// Log in as an operator
///
/// Five failures lock the name for a minute, and each further one for twice as long, up to an hour: 429 `LOGIN_LOCKED`,
/// whatever the password, and whether or not there is such an operator. Sessions that are open go on.
#[utoipa::path(post, path = "/operators/login", tag = "operators", request_body = LoginBody,
    responses((status = 200, description = "A session was opened", body = LoggedIn)))]
pub async fn login(
    permit: Allowed<EnterPermit>,
    state: web::Data<AccessState>,
    body: JsonBody<LoginBody>,
) -> Result<web::Json<LoggedIn>, Problem> {
    let (username, password) = body.0.parse()?;
    Ok(web::Json(log_in(&state, &permit.0, username, password).await?))
}

/// Log out
///
/// Ends the session whose token is sent; the operator's other sessions go on.
#[utoipa::path(post, path = "/operators/logout", tag = "operators",
    responses((status = 204, description = "The session is over")))]
pub async fn logout(
    permit: Allowed<SelfPermit>,
    state: web::Data<AccessState>,
) -> Result<HttpResponse, Problem> {
    let now = state.clock.now();
    state.change_access(move |tx| log_out(tx, &permit.0, now)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Tell who is logged in
#[utoipa::path(get, path = "/operators/me", tag = "operators",
    responses((status = 200, description = "The operator and the session", body = OperatorSession)))]
pub async fn me(
    permit: Allowed<SelfPermit>,
    state: web::Data<AccessState>,
) -> Result<web::Json<OperatorSession>, Problem> {
    Ok(web::Json(state.db.read(move |tx| read_session(tx, &permit.0)).await?))
}

/// Change one's own password
///
/// Ends the operator's other sessions. A wrong current password counts as a failed log-in.
#[utoipa::path(post, path = "/operators/password", tag = "operators", request_body = PasswordBody,
    responses((status = 204, description = "The password was changed")))]
pub async fn change_password(
    permit: Allowed<PasswordPermit>,
    state: web::Data<AccessState>,
    body: JsonBody<PasswordBody>,
) -> Result<HttpResponse, Problem> {
    let (current, new) = body.0.parse()?;
    own_password::change_password(&state, permit.0, current, new).await?;
    Ok(HttpResponse::NoContent().finish())
}
