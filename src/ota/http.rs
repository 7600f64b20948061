//! `POST /ota/tickets/bulk-generate` and `GET /ota/tickets`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use super::error::OtaError;
use super::jobs::{self, Generated, OtaState};
use super::model::{DistributionMode, GenerateBody, MAX_SHORT};
use crate::access::{Allowed, GeneratePermit, TicketListPermit};
use crate::http::{BULK_BODY_LIMIT, Fields, JsonBody, Page, Params, Problem, bounded_text};
use crate::jobs::JobError;
use crate::kernel::{TicketCode, Timestamp};
use crate::tickets::{self, Entitlement, HeldTicket, TicketFilter, TicketStatus};

/// A ticket of a batch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BatchTicket {
    /// Its public code.
    ticket_code: TicketCode,
    /// Where it is in its life.
    status: TicketStatus,
    /// What it entitles to.
    entitlements: Vec<Entitlement>,
}

/// A batch with its tickets.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BatchBody {
    /// The partner's name for it, or one that was made up.
    batch_id: String,
    /// What was sold.
    product_id: i64,
    /// Whether the tickets are good at once.
    distribution_mode: DistributionMode,
    /// How many tickets.
    total_generated: usize,
    /// When it was ordered.
    created_at: Timestamp,
    /// The tickets, by code.
    tickets: Vec<BatchTicket>,
}

/// Generate a batch of tickets
///
/// All or nothing: the answer comes when the batch is complete. The same `batch_id` and body again answer 200 with
/// the same batch.
#[utoipa::path(post, path = "/ota/tickets/bulk-generate", tag = "ota", request_body = GenerateBody,
    responses((status = 201, description = "The new batch", body = BatchBody),
        (status = 200, description = "The batch that the same order made before", body = BatchBody)))]
pub async fn bulk_generate(
    permit: Allowed<GeneratePermit>,
    state: web::Data<OtaState>,
    body: JsonBody<GenerateBody, BULK_BODY_LIMIT>,
) -> Result<HttpResponse, Problem> {
    let (batch_id, order) = body.0.parse(&state.settings)?;
    let generated = jobs::generate(&state, permit.0, batch_id, order).await?;
    let status = if generated.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let (partner, id) = (generated.batch.partner_code.clone(), generated.batch.batch_id.clone());
    let tickets = if generated.is_new {
        fresh_tickets(&generated)
    } else {
        let read = state.db.read(move |tx| tickets::tickets_of_batch(tx, &partner, &id));
        read.await?.into_iter().map(BatchTicket::from).collect()
    };
    Ok(HttpResponse::build(status).json(BatchBody {
        batch_id: generated.batch.batch_id,
        product_id: generated.batch.order.product_id,
        distribution_mode: generated.batch.order.distribution_mode,
        total_generated: tickets.len(),
        created_at: generated.batch.created_at,
        tickets,
    }))
}

/// The tickets of a batch that nobody can have changed yet.
fn fresh_tickets(generated: &Generated) -> Vec<BatchTicket> {
    let functions = &generated.product.functions;
    let entitlements: Vec<Entitlement> = functions
        .iter()
        .map(|function| Entitlement {
            function_code: function.function_code.clone(),
            function_name: function.function_name.clone(),
            remaining_uses: function.uses,
            total_uses: function.uses,
        })
        .collect();
    let status = generated.batch.order.distribution_mode.initial_status();
    let ticket =
        |ticket_code| BatchTicket { ticket_code, status, entitlements: entitlements.clone() };
    generated.batch.run.all().map(ticket).collect()
}

impl From<HeldTicket> for BatchTicket {
    fn from(held: HeldTicket) -> Self {
        Self {
            ticket_code: held.ticket.ticket_code,
            status: held.ticket.status,
            entitlements: held.entitlements,
        }
    }
}

/// The query of `GET /ota/tickets`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TicketListQuery {
    /// Of this batch.
    batch_id: Option<String>,
    /// In this status.
    status: Option<String>,
    /// Of this product.
    product_id: Option<String>,
    /// Counted from 1.
    page: Option<String>,
    /// Tickets on a page, 50 where none is given, 500 at most.
    limit: Option<String>,
}

/// A ticket in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ListedTicket {
    /// Its public code.
    ticket_code: TicketCode,
    /// Where it is in its life.
    status: TicketStatus,
    /// The batch that it was made in.
    batch_id: String,
    /// What was sold.
    product_id: i64,
    /// Such as `adult`.
    customer_type: Option<String>,
    /// Not good before.
    valid_from: Option<Timestamp>,
    /// Not good after.
    valid_until: Option<Timestamp>,
    /// When it was made.
    created_at: Timestamp,
    /// What it entitles to.
    entitlements: Vec<Entitlement>,
}

impl From<HeldTicket> for ListedTicket {
    fn from(held: HeldTicket) -> Self {
        let ticket = held.ticket;
        Self {
            ticket_code: ticket.ticket_code,
            status: ticket.status,
            batch_id: ticket.batch_id,
            product_id: ticket.product_id,
            customer_type: ticket.customer.kind,
            valid_from: ticket.valid_from,
            valid_until: ticket.valid_until,
            created_at: ticket.created_at,
            entitlements: held.entitlements,
        }
    }
}

/// Where a page of tickets stands in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Pagination {
    /// Counted from 1.
    page: i64,
    /// Tickets on a page.
    page_size: i64,
    /// Tickets in all.
    total_count: i64,
    /// Pages in all.
    total_pages: i64,
    /// Whether there is a next page.
    has_more: bool,
}

/// A page of tickets. The counts stand at the top and, for older clients, in `pagination`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TicketList {
    /// By batch and code.
    tickets: Vec<ListedTicket>,
    /// Tickets in all.
    total_count: i64,
    /// Counted from 1.
    page: i64,
    /// Tickets on a page.
    page_size: i64,
    /// Whether there is a next page.
    has_more: bool,
    /// The same once more.
    pagination: Pagination,
}

/// List the partner's tickets
#[utoipa::path(get, path = "/ota/tickets", tag = "ota", params(TicketListQuery),
    responses((status = 200, description = "A page of tickets", body = TicketList)))]
pub async fn list_tickets(
    permit: Allowed<TicketListPermit>,
    state: web::Data<OtaState>,
    query: Params<TicketListQuery>,
) -> Result<web::Json<TicketList>, Problem> {
    let (filter, page) = parse(query.0)?;
    let read = state.db.read(move |tx| tickets::list_tickets(tx, &permit.0, &filter, page));
    let (found, total_count) = read.await.map_err(OtaError::from)?;
    let (page_size, has_more) = (page.limit, page.has_more(total_count));
    let total_pages = total_count.saturating_add(page_size - 1) / page_size;
    let page = page.page;
    Ok(web::Json(TicketList {
        tickets: found.into_iter().map(ListedTicket::from).collect(),
        total_count,
        page,
        page_size,
        has_more,
        pagination: Pagination { page, page_size, total_count, total_pages, has_more },
    }))
}

fn parse(query: TicketListQuery) -> Result<(TicketFilter, Page), Problem> {
    let mut fields = Fields::new();
    let page = Page::parse(&mut fields, query.page.as_deref(), query.limit.as_deref());
    let filter = TicketFilter {
        batch_id: fields.optional("batch_id", query.batch_id, |id| bounded_text(id, MAX_SHORT)),
        status: fields.optional("status", query.status, |text| text.parse()),
        product_id: fields.optional("product_id", query.product_id, |text| {
            text.parse().map_err(|_| "must be a whole number")
        }),
    };
    fields.finish(Some((filter, page)))
}

impl From<OtaError> for Problem {
    fn from(error: OtaError) -> Self {
        let text = format!("failed to {error}");
        match error {
            OtaError::ProductNotFound(_) => Self::not_found("PRODUCT_NOT_FOUND", text),
            OtaError::ProductInactive(_) => Self::conflict("PRODUCT_INACTIVE", text),
            OtaError::BatchConflict(_) => Self::conflict("BATCH_CONFLICT", text),
            OtaError::StillGenerating(_) | OtaError::Job(JobError::LeaseLost) => {
                Self::unavailable(text)
            }
            OtaError::Ticket(error) => error.into(),
            OtaError::Catalog(error) => error.into(),
            OtaError::Job(JobError::Database(error)) | OtaError::Database(error) => error.into(),
            OtaError::UnreadableOrder(_) => Self::internal(&error),
        }
    }
}
