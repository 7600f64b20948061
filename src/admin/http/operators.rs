//! `POST /admin/operators`, `GET /admin/operators`, `PATCH /admin/operators/{username}`.

use actix_web::{HttpResponse, web};

use crate::access::{
    AccessError, AdminPermit, Allowed, NewOperator, OperatorChange, OperatorSummary,
    change_operator as change, create_operator as create, list_operators as list,
};
use crate::admin::model::{AdminState, NewOperatorBody, OperatorChangeBody, PageQuery};
use crate::http::{JsonBody, Listing, Params, Problem};
use crate::kernel::Username;

/// Make an operator
#[utoipa::path(post, path = "/admin/operators", tag = "admin", request_body = NewOperatorBody,
    responses((status = 201, description = "The operator", body = OperatorSummary)))]
pub async fn create_operator(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    body: JsonBody<NewOperatorBody>,
) -> Result<HttpResponse, Problem> {
    let new = body.0.parse()?;
    let password_hash = state.access.hasher.hash(new.password).await?;
    let (username, display_name, role) = (new.username, new.display_name, new.role);
    let new = NewOperator { username, display_name, role, password_hash };
    let now = state.clock.now();
    let made = state.db.write(move |tx| create(tx, &permit.0, new, now)).await?;
    Ok(HttpResponse::Created().json(made))
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
    let (operators, total) = state.db.read(move |tx| list(tx, &permit.0, page)).await?;
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
    let asked = body.0.parse()?;
    let username =
        Username::parse(&path).map_err(|_| AccessError::OperatorNotFound(path.into_inner()))?;
    let password_hash = match asked.password {
        Some(password) => Some(state.access.hasher.hash(password).await?),
        None => None,
    };
    let (display_name, role, is_active) = (asked.display_name, asked.role, asked.is_active);
    let asked = OperatorChange { display_name, role, is_active, password_hash };
    let now = state.clock.now();
    let write = state.change_access(move |tx| change(tx, &permit.0, &username, &asked, now));
    Ok(web::Json(write.await?))
}
