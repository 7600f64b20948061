//! `/admin/venues`.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::access::{AdminPermit, Allowed};
use crate::admin::model::{AdminState, NewVenueBody, PageQuery, VenueChangeBody};
use crate::catalog::{self, CatalogError, VenueSummary};
use crate::http::{JsonBody, Listing, Params, Problem};
use crate::kernel::VenueCode;

/// Any text in the place of a code: one that no venue can have is as unknown as any other.
fn venue_code(text: &str) -> Result<VenueCode, CatalogError> {
    VenueCode::parse(text).map_err(|_| CatalogError::VenueNotFound(text.to_owned()))
}

/// List the venues, closed ones too
#[utoipa::path(get, path = "/admin/venues", tag = "admin", params(PageQuery),
    responses((status = 200, description = "A page of venues", body = Listing<VenueSummary>)))]
pub async fn list_venues(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    query: Params<PageQuery>,
) -> Result<web::Json<Listing<VenueSummary>>, Problem> {
    let page = query.0.parse()?;
    let read = state.access.db.read(move |tx| catalog::list_venues(tx, &permit.0, page));
    let (items, total) = read.await?;
    Ok(web::Json(Listing::new(items, total, page)))
}

/// Make a venue
#[utoipa::path(post, path = "/admin/venues", tag = "admin", request_body = NewVenueBody,
    responses((status = 201, description = "The venue", body = VenueSummary)))]
pub async fn create_venue(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    body: JsonBody<NewVenueBody>,
) -> Result<(web::Json<VenueSummary>, StatusCode), Problem> {
    let (venue, now) = (body.0.parse(state.timezone)?, state.access.clock.now());
    let write = state.access.db.write(move |tx| catalog::create_venue(tx, &permit.0, venue, now));
    Ok((web::Json(VenueSummary::from(&write.await?)), StatusCode::CREATED))
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
    path: web::Path<String>,
    body: JsonBody<VenueChangeBody>,
) -> Result<web::Json<VenueSummary>, Problem> {
    let code = venue_code(&path)?;
    let (change, now) = (body.0.parse()?, state.access.clock.now());
    let write =
        state.access.db.write(move |tx| catalog::change_venue(tx, &permit.0, &code, change, now));
    Ok(web::Json(VenueSummary::from(&write.await?)))
}
