//! `/admin/venues`.

use actix_web::{HttpResponse, web};

use crate::access::{AdminPermit, Allowed};
use crate::admin::error::AdminError;
use crate::admin::model::{AdminState, NewVenueBody, PageQuery, VenueChangeBody};
use crate::catalog::{self, CatalogError, VenueSummary};
use crate::http::{JsonBody, Listing, Params, Problem};
use crate::kernel::VenueCode;

/// List the venues, closed ones too
#[utoipa::path(get, path = "/admin/venues", tag = "admin", params(PageQuery),
    responses((status = 200, description = "A page of venues", body = Listing<VenueSummary>)))]
pub async fn list_venues(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    query: Params<PageQuery>,
) -> Result<web::Json<Listing<VenueSummary>>, Problem> {
    let page = query.0.parse()?;
    let read = state.db.read(move |tx| catalog::list_venues(tx, &permit.0, page));
    let (items, total) = read.await.map_err(AdminError::from)?;
    Ok(web::Json(Listing::new(items, total, page)))
}

/// Make a venue
#[utoipa::path(post, path = "/admin/venues", tag = "admin", request_body = NewVenueBody,
    responses((status = 201, description = "The venue", body = VenueSummary)))]
pub async fn create_venue(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    body: JsonBody<NewVenueBody>,
) -> Result<HttpResponse, Problem> {
    let (venue, now) = (body.0.parse(state.timezone)?, state.clock.now());
    let write = state.db.write(move |tx| catalog::create_venue(tx, &permit.0, venue, now));
    let made = write.await.map_err(AdminError::from)?;
    Ok(HttpResponse::Created().json(VenueSummary::from(&made)))
}

/// Change a venue, open it or close it
///
/// Scans see the change within a second. A closed venue redeems nothing.
#[utoipa::path(patch, path = "/admin/venues/{venue_code}", tag = "admin",
    request_body = VenueChangeBody,
    params(("venue_code" = String, Path, description = "The venue's code")),
    responses((status = 200, description = "The venue as it is now", body = VenueSummary)))]
pub async fn change_venue(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    code: web::Path<String>,
    body: JsonBody<VenueChangeBody>,
) -> Result<web::Json<VenueSummary>, Problem> {
    let code = venue_code(code.into_inner())?;
    let (change, now) = (body.0.parse()?, state.clock.now());
    let write = state.db.write(move |tx| catalog::change_venue(tx, &permit.0, &code, change, now));
    let changed = write.await.map_err(AdminError::from)?;
    Ok(web::Json(VenueSummary::from(&changed)))
}

/// Any text in the place of a code: one that no venue can have is as unknown as any other.
fn venue_code(text: String) -> Result<VenueCode, AdminError> {
    VenueCode::parse(&text).map_err(|_| CatalogError::VenueNotFound(text).into())
}
