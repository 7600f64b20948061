//! `PATCH /admin/partners/{partner_code}/rate-limits`.

use actix_web::web;

use super::partners::partner_code;
use crate::access::{self, AdminPermit, Allowed, PartnerLimits};
use crate::admin::model::{AdminState, RateLimitsBody};
use crate::http::{JsonBody, Problem};

/// Change a partner's own rate limits
///
/// They come before the server's settings, for each of the partner's keys, on every server within a second.
#[utoipa::path(patch, path = "/admin/partners/{partner_code}/rate-limits", tag = "admin",
    request_body = RateLimitsBody, params(("partner_code" = String, Path, description = "The partner's code")),
    responses((status = 200, description = "Its own limits now", body = PartnerLimits)))]
pub async fn change_rate_limits(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
    body: JsonBody<RateLimitsBody>,
) -> Result<web::Json<PartnerLimits>, Problem> {
    let code = partner_code(&path)?;
    let (changes, now) = (body.0.parse()?, state.access.clock.now());
    let write = state.access.change_access(move |tx| {
        access::change_partner_limits(tx, &permit.0, &code, &changes, now)
    });
    Ok(web::Json(write.await?))
}
