//! `POST /admin/operators`, `GET /admin/operators`, `PATCH /admin/operators/{username}`.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::access::{
    self, AccessError, AdminPermit, Allowed, NewOperator, OperatorChange, OperatorSummary,
};
use crate::admin::model::{AdminState, NewOperatorBody, OperatorChangeBody, PageQuery};
use crate::http::{JsonBody, Listing, Params, Problem};
use crate::kernel::Username;

/// Any text in the place of a name: one that no operator can have is as unknown as any other.
fn username(text: &str) -> Result<Username, AccessError> {
    Username::parse(text).map_err(|_| AccessError::OperatorNotFound(text.to_owned()))
}

/// Make an operator
#[utoipa::path(post, path = "/admin/operators", tag = "admin", request_body = NewOperatorBody,
    responses((status = 201, description = "The operator", body = OperatorSummary)))]
pub async fn create_operator(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    body: JsonBody<NewOperatorBody>,
) -> Result<(web::Json<OperatorSummary>, StatusCode), Problem> {
    let new = body.0.parse()?;
    let password_hash = state.access.hasher.hash(new.password).await?;
    let (username, display_name, role) = (new.username, new.display_name, new.role);
    let new = NewOperator { username, display_name, role, password_hash };
    let now = state.access.clock.now();
    let write = state.access.db.write(move |tx| access::create_operator(tx, &permit.0, new, now));
    Ok((web::Json(write.await?), StatusCode::CREATED))
}

/// List the operators
#[utoipa::path(get, path = "/admin/operators", tag = "admin", params(PageQuery),
    responses((status = 200, description = "A page of them by name", body = Listing<OperatorSummary>)))]
pub async fn list_operators(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    query: Params<PageQuery>,
) -> Result<web::Json<Listing<OperatorSummary>>, Problem> {
    let page = query.0.parse()?;
    let read = state.access.db.read(move |tx| access::list_operators(tx, &permit.0, page));
    let (operators, total) = read.await?;
    Ok(web::Json(Listing::new(operators, total, page)))
}

/// Change an operator
///
/// What is not given stays. Whose role or password changes, or who is disabled, is logged out everywhere.
#[utoipa::path(patch, path = "/admin/operators/{username}", tag = "admin",
    params(("username" = String, Path, description = "The operator")),
    request_body = OperatorChangeBody,
    responses((status = 200, description = "The operator as it is now", body = OperatorSummary)))]
pub async fn change_operator(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
    body: JsonBody<OperatorChangeBody>,
) -> Result<web::Json<OperatorSummary>, Problem> {
    let (username, asked) = (username(&path)?, body.0.parse()?);
    let password_hash = match asked.password {
        Some(password) => Some(state.access.hasher.hash(password).await?),
        None => None,
    };
    let (display_name, role, is_active) = (asked.display_name, asked.role, asked.is_active);
    let asked = OperatorChange { display_name, role, is_active, password_hash };
    let now = state.access.clock.now();
    let write = state
        .access
        .change_access(move |tx| access::change_operator(tx, &permit.0, &username, &asked, now));
    Ok(web::Json(write.await?))
}
