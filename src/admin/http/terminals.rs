//! `/admin/terminals`.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::access::{self, AccessError, AdminPermit, Allowed, MAX_DEVICE, TerminalSummary};
use crate::admin::error::AdminError;
use crate::admin::model::{
    AdminState, NewTerminalBody, PageQuery, PairingCodeBody, SetUpTerminalBody, TerminalChangeBody,
};
use crate::admin::set_up_terminal::{move_terminal, set_up_terminal};
use crate::http::{JsonBody, Listing, Params, Problem, bounded_text};

/// Any text in the place of an id: one that no device can have is as unknown as any other.
fn device_id(text: &str) -> Result<String, AccessError> {
    bounded_text(text.to_owned(), MAX_DEVICE)
        .map_err(|_| AccessError::TerminalNotFound(text.to_owned()))
}

/// List the terminals
#[utoipa::path(get, path = "/admin/terminals", tag = "admin", params(PageQuery),
    responses((status = 200, description = "A page of terminals", body = Listing<TerminalSummary>)))]
pub async fn list_terminals(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    query: Params<PageQuery>,
) -> Result<web::Json<Listing<TerminalSummary>>, Problem> {
    let page = query.0.parse()?;
    let (items, total) =
        state.access.db.read(move |tx| access::list_terminals(tx, &permit.0, page)).await?;
    Ok(web::Json(Listing::new(items, total, page)))
}

/// Make a terminal
///
/// It has no key yet: its device exchanges the pairing code for one at `POST /terminals/pair`, within ten minutes.
#[utoipa::path(post, path = "/admin/terminals", tag = "admin", request_body = NewTerminalBody,
    responses((status = 201, description = "The terminal and its pairing code", body = SetUpTerminalBody)))]
pub async fn create_terminal(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    body: JsonBody<NewTerminalBody>,
) -> Result<(web::Json<SetUpTerminalBody>, StatusCode), Problem> {
    let (terminal, now) = (body.0.parse()?, state.access.clock.now());
    let write = state.access.db.write(move |tx| set_up_terminal(tx, &permit.0, terminal, now));
    let (terminal, offer) = write.await?;
    let offer = PairingCodeBody::try_from(offer).map_err(AdminError::from)?;
    Ok((web::Json(SetUpTerminalBody { terminal, offer }), StatusCode::CREATED))
}

/// Make a new pairing code for a terminal
///
/// Its older codes are no good any more. Pairing the terminal again replaces its key, and ends a revocation.
#[utoipa::path(post, path = "/admin/terminals/{terminal_device_id}/pairing-code", tag = "admin",
    params(("terminal_device_id" = String, Path, description = "The device's id")),
    responses((status = 201, description = "The code", body = PairingCodeBody)))]
pub async fn create_pairing_code(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
) -> Result<(web::Json<PairingCodeBody>, StatusCode), Problem> {
    let (id, now) = (device_id(&path)?, state.access.clock.now());
    let offer =
        state.access.db.write(move |tx| access::offer_pairing(tx, &permit.0, &id, now)).await?;
    let body = PairingCodeBody::try_from(offer).map_err(AdminError::from)?;
    Ok((web::Json(body), StatusCode::CREATED))
}

/// Change where a terminal stands and what it may redeem
#[utoipa::path(patch, path = "/admin/terminals/{terminal_device_id}", tag = "admin",
    request_body = TerminalChangeBody,
    params(("terminal_device_id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "The terminal as it is now", body = TerminalSummary)))]
pub async fn change_terminal(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
    body: JsonBody<TerminalChangeBody>,
) -> Result<web::Json<TerminalSummary>, Problem> {
    let id = device_id(&path)?;
    let (change, now) = (body.0.parse()?, state.access.clock.now());
    let write =
        state.access.change_access(move |tx| move_terminal(tx, &permit.0, &id, change, now));
    Ok(web::Json(write.await?))
}

/// Revoke a terminal
///
/// Its key is refused within a second on every server, and its pairing codes at once.
#[utoipa::path(post, path = "/admin/terminals/{terminal_device_id}/revoke", tag = "admin",
    params(("terminal_device_id" = String, Path, description = "The device's id")),
    responses((status = 200, description = "The terminal as it is now", body = TerminalSummary)))]
pub async fn revoke_terminal(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
) -> Result<web::Json<TerminalSummary>, Problem> {
    let (id, now) = (device_id(&path)?, state.access.clock.now());
    let write =
        state.access.change_access(move |tx| access::revoke_terminal(tx, &permit.0, &id, now));
    Ok(web::Json(write.await?))
}
