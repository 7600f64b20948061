//! `POST /admin/privacy/erase`.

use actix_web::web;

use crate::access::{AdminPermit, Allowed};
use crate::admin::model::{AdminState, EraseBody, ErasedBody, Erasure};
use crate::db::DbError;
use crate::http::{JsonBody, Problem};
use crate::tickets::{self, TicketError};

/// Erase personal data
///
/// Blanks the customer's name, email and phone of a ticket, or of every ticket of an email address. The customer's
/// type, the entitlements and the ledger stay. A look at the audit log shows that it was done, and not the address.
#[utoipa::path(post, path = "/admin/privacy/erase", tag = "admin", request_body = EraseBody,
    responses((status = 200, description = "Of how many tickets", body = ErasedBody)))]
pub async fn erase_customer(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    body: JsonBody<EraseBody>,
) -> Result<web::Json<ErasedBody>, Problem> {
    let erasure = body.0.parse()?;
    let state = state.get_ref().clone();
    // In a task of its own: a long walk goes on when the client hangs up.
    let task = tokio::spawn(async move { erase(&state, permit.0, erasure).await });
    let erased = task.await.map_err(|_| Problem::from(DbError::NoAnswer))?;
    Ok(web::Json(ErasedBody { tickets_erased: erased? }))
}

async fn erase(
    state: &AdminState,
    permit: AdminPermit,
    erasure: Erasure,
) -> Result<usize, TicketError> {
    match erasure {
        Erasure::Ticket(code) => {
            let now = state.access.clock.now();
            state.access.db.write(move |tx| tickets::erase_ticket(tx, &permit, &code, now)).await
        }
        Erasure::Email(address) => {
            tickets::erase_by_email(&state.access.db, &state.access.clock, permit, &address).await
        }
    }
}
