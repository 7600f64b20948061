//! `/admin/partners`.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::access::{self, AccessError, AdminPermit, Allowed, CreatedPartner, PartnerSummary};
use crate::admin::model::{AdminState, NewPartnerBody, PageQuery, PartnerChangeBody};
use crate::http::{JsonBody, Listing, Params, Problem};
use crate::kernel::PartnerCode;

/// Any text in the place of a code: one that no partner can have is as unknown as any other.
pub(super) fn partner_code(text: &str) -> Result<PartnerCode, AccessError> {
    PartnerCode::parse(text).map_err(|_| AccessError::PartnerNotFound(text.to_owned()))
}

/// Make a partner and its first API key
///
/// The key's text is in this answer and nowhere else.
#[utoipa::path(post, path = "/admin/partners", tag = "admin",
    request_body = NewPartnerBody,
    responses((status = 201, description = "The partner and its key", body = CreatedPartner)))]
pub async fn create_partner(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    body: JsonBody<NewPartnerBody>,
) -> Result<(web::Json<CreatedPartner>, StatusCode), Problem> {
    let (partner, now) = (body.0.parse()?, state.access.clock.now());
    let write =
        state.access.db.write(move |tx| access::create_partner(tx, &permit.0, partner, now));
    Ok((web::Json(write.await?), StatusCode::CREATED))
}

/// List the partners
///
/// By code.
#[utoipa::path(get, path = "/admin/partners", tag = "admin",
    params(PageQuery),
    responses((status = 200, description = "A page of them", body = Listing<PartnerSummary>)))]
pub async fn list_partners(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    query: Params<PageQuery>,
) -> Result<web::Json<Listing<PartnerSummary>>, Problem> {
    let page = query.0.parse()?;
    let (partners, total) =
        state.access.db.read(move |tx| access::list_partners(tx, &permit.0, page)).await?;
    Ok(web::Json(Listing::new(partners, total, page)))
}

/// Rename, disable or enable a partner
///
/// The keys of one that is disabled are refused within a second on every server.
#[utoipa::path(patch, path = "/admin/partners/{partner_code}", tag = "admin",
    params(("partner_code" = String, Path, description = "The partner's code")),
    request_body = PartnerChangeBody,
    responses((status = 200, description = "The partner as it is now", body = PartnerSummary)))]
pub async fn change_partner(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
    body: JsonBody<PartnerChangeBody>,
) -> Result<web::Json<PartnerSummary>, Problem> {
    let code = partner_code(&path)?;
    let (change, now) = (body.0.parse()?, state.access.clock.now());
    let write = state
        .access
        .change_access(move |tx| access::change_partner(tx, &permit.0, &code, change, now));
    Ok(web::Json(write.await?))
}
