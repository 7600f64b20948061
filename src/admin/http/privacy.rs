//! `POST /admin/privacy/erase`.

use actix_web::web;

use crate::access::{AdminPermit, Allowed};
use crate::admin::model::{AdminState, EraseBody, ErasedBody, Erasure};
use crate::db::DbError;
use crate::http::{JsonBody, Problem};
use crate::tickets::{TicketError, erase_by_email, erase_ticket};

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
    Ok(web::Json(ErasedBody { tickets_erased: erased.map_err(problem)? }))
}

async fn erase(
    state: &AdminState,
    permit: AdminPermit,
    erasure: Erasure,
) -> Result<usize, TicketError> {
    match erasure {
        Erasure::Ticket(code) => {
            let now = state.clock.now();
            state.db.write(move |tx| erase_ticket(tx, &permit, &code, now)).await
        }
        Erasure::Email(address) => erase_by_email(&state.db, &state.clock, permit, &address).await,
    }
}

fn problem(error: TicketError) -> Problem {
    match error {
        TicketError::NotFound => {
            Problem::not_found("TICKET_NOT_FOUND", format!("failed to {error}"))
        }
        TicketError::Access(error) => error.into(),
        TicketError::Database(error) => error.into(),
        TicketError::CodeNotIssued(_)
        | TicketError::NotActive(_)
        | TicketError::ValidityEnded
        | TicketError::Job(_)
        | TicketError::Ring(_) => Problem::internal(&error),
    }
}
