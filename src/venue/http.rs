//! `POST /venue/scan`, `POST /venue/redemptions/{id}/reverse`, `GET /venue`, `GET /venue/analytics/redemptions`.

use actix_web::{HttpRequest, HttpResponse, web};

use super::error::VenueError;
use super::model::{
    HistoryQuery, RejectBody, ReversalBody, ReverseBody, ScanBody, SuccessBody, VenueEntry,
    VenueList, VenueListQuery, VenueState,
};
use super::scan;
use crate::access::{Allowed, ReportPermit, ReversePermit, ScanPermit, VenueListPermit};
use crate::http::{JsonBody, Listing, Metrics, Params, Problem, bounded_text, set_outcome};
use crate::kernel::Stopwatch;
use crate::redemption::{RedemptionError, RedemptionEvent, Verdict, history, reverse};

/// Characters of an event's id at most.
const MAX_EVENT_ID: usize = 64;

/// Redeem one function of a QR code
///
/// Exactly once per QR code and function. A refusal is an answer (422) and not a problem.
#[utoipa::path(post, path = "/venue/scan", tag = "venue", request_body = ScanBody,
    responses((status = 200, description = "A use was taken", body = SuccessBody),
        (status = 422, description = "No use was taken", body = RejectBody)))]
pub async fn scan(
    permit: Allowed<ScanPermit>,
    state: web::Data<VenueState>,
    request: HttpRequest,
    body: JsonBody<ScanBody>,
) -> Result<HttpResponse, Problem> {
    let watch = Stopwatch::start();
    let scan_id = body.0.scan_id.clone().unwrap_or_default();
    let verdict = scan::scan(&state, &permit.0, body.0.parse()?).await?;
    let now = state.clock.now();
    match verdict {
        Ok(Verdict::Redeemed(redeemed)) => {
            count(&request, if redeemed.is_replay { "replayed" } else { "success" });
            let catalog = state.catalog.current().await.map_err(VenueError::from)?;
            Ok(HttpResponse::Ok().json(SuccessBody::new(*redeemed, &catalog, &watch, now)))
        }
        Ok(Verdict::Refused(refused)) => {
            count(&request, refused.reason.code());
            Ok(HttpResponse::UnprocessableEntity().json(RejectBody::new(refused, &watch, now)))
        }
        Err(error) => {
            count(&request, error.code());
            let body = RejectBody::not_opened(error, &watch, now);
            Ok(HttpResponse::UnprocessableEntity().json(body))
        }
        Ok(Verdict::ScanIdReused) => Err(VenueError::ScanIdReused(scan_id).into()),
    }
}

fn count(request: &HttpRequest, outcome: &'static str) {
    set_outcome(request, outcome);
    if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
        metrics.count_scan(outcome);
    }
}

/// Any text in the place of an id: one that no event can have is as unknown as any other.
fn event_id(text: String) -> Result<String, VenueError> {
    bounded_text(text, MAX_EVENT_ID).map_err(|_| RedemptionError::NotFound.into())
}

/// Undo a redemption
///
/// Once, within a time after it, by a supervisor. The use comes back and the same code may be scanned again.
#[utoipa::path(post, path = "/venue/redemptions/{id}/reverse", tag = "venue",
    request_body = ReverseBody,
    params(("id" = String, Path, description = "The redemption_id of the scan's answer")),
    responses((status = 200, description = "It was undone", body = ReversalBody)))]
pub async fn undo(
    permit: Allowed<ReversePermit>,
    state: web::Data<VenueState>,
    redemption_id: web::Path<String>,
    body: JsonBody<ReverseBody>,
) -> Result<web::Json<ReversalBody>, Problem> {
    let command = body.0.parse(event_id(redemption_id.into_inner())?, state.undo_window)?;
    let now = state.clock.now();
    let write = state.db.write(move |tx| reverse(tx, &permit.0, &command, now));
    let reversal = write.await.map_err(VenueError::from)?;
    Ok(web::Json(reversal.into()))
}

/// List the venues
#[utoipa::path(get, path = "/venue", tag = "venue", params(VenueListQuery),
    responses((status = 200, description = "The venues", body = VenueList)))]
pub async fn list_venues(
    _permit: Allowed<VenueListPermit>,
    state: web::Data<VenueState>,
    query: Params<VenueListQuery>,
) -> Result<web::Json<VenueList>, Problem> {
    let include_inactive = query.0.parse()?;
    let catalog = state.catalog.current().await.map_err(VenueError::from)?;
    let chosen = catalog.venues.values().filter(|venue| venue.is_active || include_inactive);
    let mut venues: Vec<_> = chosen.collect();
    venues.sort_by_key(|venue| venue.venue_id);
    let venues = venues.into_iter().map(|venue| VenueEntry::from(venue.as_ref())).collect();
    Ok(web::Json(VenueList { venues }))
}

/// Read the ledger of redemption events
///
/// Newest first. Supervisors see all events, partners those of their own tickets.
#[utoipa::path(get, path = "/venue/analytics/redemptions", tag = "venue", params(HistoryQuery),
    responses((status = 200, description = "A page of events", body = Listing<RedemptionEvent>)))]
pub async fn redemptions(
    permit: Allowed<ReportPermit>,
    state: web::Data<VenueState>,
    query: Params<HistoryQuery>,
) -> Result<web::Json<Listing<RedemptionEvent>>, Problem> {
    let (filter, page) = query.0.parse(state.timezone)?;
    let read = state.db.read(move |tx| history(tx, &permit.0, filter, page));
    let (events, total) = read.await.map_err(VenueError::from)?;
    Ok(web::Json(Listing::new(events, total, page)))
}

impl From<VenueError> for Problem {
    fn from(error: VenueError) -> Self {
        let text = format!("failed to {error}");
        match error {
            VenueError::Access(error) => error.into(),
            VenueError::ScanIdReused(_) => Self::conflict("SCAN_ID_REUSED", text),
            VenueError::Redemption(error) => ledger_problem(error, text),
            VenueError::Catalog(error) => error.into(),
            VenueError::Database(error) => error.into(),
        }
    }
}

fn ledger_problem(error: RedemptionError, text: String) -> Problem {
    match error {
        RedemptionError::TicketNotFound => Problem::not_found("TICKET_NOT_FOUND", text),
        RedemptionError::NotFound => Problem::not_found("REDEMPTION_NOT_FOUND", text),
        RedemptionError::AlreadyReversed(_) => Problem::conflict("ALREADY_REVERSED", text),
        RedemptionError::NotReversible => Problem::conflict("NOT_REVERSIBLE", text),
        RedemptionError::TooLate(_) => Problem::conflict("REVERSAL_WINDOW_ENDED", text),
        RedemptionError::Ticket(error) => error.into(),
        RedemptionError::Database(error) => error.into(),
    }
}
