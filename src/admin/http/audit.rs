//! `GET /admin/audit`.

use actix_web::web;

use crate::access::{self, AdminPermit, Allowed, AuditLine};
use crate::admin::model::{AdminState, AuditQuery};
use crate::http::{Listing, Params, Problem};

/// Read the audit log
///
/// Newest first: every change of partners, keys, operators, terminals, products and venues, and every look-up of a
/// ticket by a supervisor.
#[utoipa::path(get, path = "/admin/audit", tag = "admin", params(AuditQuery),
    responses((status = 200, description = "A page of the log", body = Listing<AuditLine>)))]
pub async fn audit(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    query: Params<AuditQuery>,
) -> Result<web::Json<Listing<AuditLine>>, Problem> {
    let (filter, page) = query.0.parse(state.timezone)?;
    let read = state.access.db.read(move |tx| access::list_audit(tx, &permit.0, &filter, page));
    let (lines, total) = read.await?;
    Ok(web::Json(Listing::new(lines, total, page)))
}
