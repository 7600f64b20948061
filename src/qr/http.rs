//! `POST` and `GET /qr/{code}`, `GET /qr/{code}/info`, `POST /qr/decrypt`.

use actix_web::http::StatusCode;
use actix_web::web;

use super::decrypt;
use super::error::QrError;
use super::info::info;
use super::model::{
    CodeBody, CurrentCodeQuery, DecryptBody, DecryptedBody, InfoBody, IssueBody, QrState,
};
use crate::access::{Allowed, InfoPermit, IssuePermit, LookPermit, Viewer};
use crate::http::{JsonBody, OptionalJsonBody, Params, Problem};
use crate::kernel::TicketCode;
use crate::redemption::RedemptionError;
use crate::tickets::{IssueCode, TicketError, current_code, issue_code};

/// Any text in the place of a code: one that no ticket can have is as unknown as any other.
fn ticket_code(text: &str) -> Result<TicketCode, QrError> {
    TicketCode::parse(text).map_err(|_| QrError::Ticket(TicketError::NotFound))
}

/// Issue a QR code for a ticket
///
/// It supersedes the ticket's older one.
#[utoipa::path(post, path = "/qr/{code}", tag = "qr", request_body = Option<IssueBody>,
    params(("code" = String, Path, description = "The ticket's code")),
    responses((status = 200, description = "The new code", body = CodeBody)))]
pub async fn issue(
    permit: Allowed<IssuePermit>,
    state: web::Data<QrState>,
    code: web::Path<String>,
    body: OptionalJsonBody<IssueBody>,
) -> Result<web::Json<CodeBody>, Problem> {
    let ticket_code = ticket_code(&code)?;
    let (lifetime, format) = body.0.parse()?;
    let now = state.clock.now();
    let sealing = state.tokens.next_seal().map_err(QrError::from)?;
    let command = IssueCode { ticket_code, lifetime, sealing };
    let write = state.db.write(move |tx| issue_code(tx, &permit.0, command, now));
    let issued = write.await.map_err(QrError::from)?;
    Ok(web::Json(CodeBody::new(&issued, &state.tokens, format, now)?))
}

/// Get a ticket's current QR code again
///
/// Nothing is superseded; the token's text is the same as when it was issued.
#[utoipa::path(get, path = "/qr/{code}", tag = "qr",
    params(("code" = String, Path, description = "The ticket's code"), CurrentCodeQuery),
    responses((status = 200, description = "The code that counts now", body = CodeBody)))]
pub async fn current(
    permit: Allowed<IssuePermit>,
    state: web::Data<QrState>,
    code: web::Path<String>,
    query: Params<CurrentCodeQuery>,
) -> Result<web::Json<CodeBody>, Problem> {
    let ticket_code = ticket_code(&code)?;
    let format = query.0.parse()?;
    let read = state.db.read(move |tx| current_code(tx, &permit.0, &ticket_code));
    let issued = read.await.map_err(QrError::from)?;
    Ok(web::Json(CodeBody::new(&issued, &state.tokens, format, state.clock.now())?))
}

/// Look a ticket up by its code
///
/// For its partner, and for supervisors, whose looks are put on record.
#[utoipa::path(get, path = "/qr/{code}/info", tag = "qr",
    params(("code" = String, Path, description = "The ticket's code")),
    responses((status = 200, description = "The ticket", body = InfoBody)))]
pub async fn ticket_info(
    permit: Allowed<InfoPermit>,
    state: web::Data<QrState>,
    code: web::Path<String>,
) -> Result<web::Json<InfoBody>, Problem> {
    let ticket_code = ticket_code(&code)?;
    let now = state.clock.now();
    let catalog = state.catalog.current().await.map_err(QrError::from)?;
    let found = match permit.0.viewer() {
        Viewer::Partner(_) => {
            state.db.read(move |tx| info(tx, &permit.0, &ticket_code, now)).await?
        }
        Viewer::Venue => state.db.write(move |tx| info(tx, &permit.0, &ticket_code, now)).await?,
    };
    let held = found.ok_or(QrError::Ticket(TicketError::NotFound))?;
    Ok(web::Json(InfoBody::new(held, &catalog, now)))
}

/// Look at the ticket behind a QR code
///
/// Changes nothing, and works as often as wanted, for expired and superseded codes too.
#[utoipa::path(post, path = "/qr/decrypt", tag = "qr", request_body = DecryptBody,
    responses((status = 200, description = "The ticket, and what a scan would say", body = DecryptedBody)))]
pub async fn decrypt(
    permit: Allowed<LookPermit>,
    state: web::Data<QrState>,
    body: JsonBody<DecryptBody>,
) -> Result<web::Json<DecryptedBody>, Problem> {
    Ok(web::Json(decrypt::decrypt(&state, permit.0, body.0.parse()?).await?))
}

impl From<QrError> for Problem {
    fn from(error: QrError) -> Self {
        let text = format!("failed to {error}");
        match error {
            QrError::Token(cause) => Self::new(StatusCode::BAD_REQUEST, cause.code(), text),
            QrError::Ticket(error) => error.into(),
            QrError::Catalog(error) => error.into(),
            QrError::Redemption(RedemptionError::TicketNotFound) => {
                Self::not_found("TICKET_NOT_FOUND", text)
            }
            QrError::Redemption(RedemptionError::Database(error)) | QrError::Database(error) => {
                error.into()
            }
            QrError::Access(error) => error.into(),
            QrError::Redemption(_) | QrError::Ring(_) | QrError::Image(_) => Self::internal(&error),
        }
    }
}
