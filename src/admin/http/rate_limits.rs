//! `PATCH /admin/partners/{code}/rate-limits`.

use actix_web::web;

use crate::access::{AccessError, AdminPermit, Allowed, PartnerLimits, change_partner_limits};
use crate::admin::model::{AdminState, RateLimitsBody};
use crate::http::{JsonBody, Problem};
use crate::kernel::PartnerCode;

/// Change a partner's own rate limits
///
/// They come before the server's settings, for each of the partner's keys, on every server within a second.
#[utoipa::path(patch, path = "/admin/partners/{code}/rate-limits", tag = "admin",
    request_body = RateLimitsBody, params(("code" = String, Path, description = "The partner's code")),
    responses((status = 200, description = "Its own limits now", body = PartnerLimits)))]
pub async fn change_rate_limits(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    code: web::Path<String>,
    body: JsonBody<RateLimitsBody>,
) -> Result<web::Json<PartnerLimits>, Problem> {
    let unknown = |_| AccessError::PartnerNotFound(code.to_string());
    let partner_code = PartnerCode::parse(&code).map_err(unknown)?;
    let changes = body.0.parse()?;
    let now = state.clock.now();
    let write = state.change_access(move |tx| {
        change_partner_limits(tx, &permit.0, &partner_code, &changes, now)
    });
    Ok(web::Json(write.await?))
}
