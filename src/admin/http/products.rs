//! `/admin/products`.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::access::{AdminPermit, Allowed};
use crate::admin::model::{AdminState, NewProductBody, PageQuery, ProductChangeBody};
use crate::catalog::{self, CatalogError, ProductSummary};
use crate::http::{JsonBody, Listing, Params, Problem};

/// Any text in the place of a number: one that no product can have is as unknown as any other.
fn product_id(text: &str) -> Result<i64, CatalogError> {
    text.parse().map_err(|_| CatalogError::ProductNotFound(text.to_owned()))
}

/// List the products
#[utoipa::path(get, path = "/admin/products", tag = "admin", params(PageQuery),
    responses((status = 200, description = "A page of products", body = Listing<ProductSummary>)))]
pub async fn list_products(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    query: Params<PageQuery>,
) -> Result<web::Json<Listing<ProductSummary>>, Problem> {
    let page = query.0.parse()?;
    let read = state.access.db.read(move |tx| catalog::list_products(tx, &permit.0, page));
    let (items, total) = read.await?;
    Ok(web::Json(Listing::new(items, total, page)))
}

/// Make a product
#[utoipa::path(post, path = "/admin/products", tag = "admin", request_body = NewProductBody,
    responses((status = 201, description = "The product", body = ProductSummary)))]
pub async fn create_product(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    body: JsonBody<NewProductBody>,
) -> Result<(web::Json<ProductSummary>, StatusCode), Problem> {
    let (product, now) = (body.0.parse(state.currency)?, state.access.clock.now());
    let write =
        state.access.db.write(move |tx| catalog::create_product(tx, &permit.0, product, now));
    Ok((web::Json(ProductSummary::from(&write.await?)), StatusCode::CREATED))
}

/// Change a product
///
/// Functions change what tickets entitle to that are made from then on; tickets that exist keep theirs. An inactive
/// product generates no tickets.
#[utoipa::path(patch, path = "/admin/products/{product_id}", tag = "admin",
    request_body = ProductChangeBody,
    params(("product_id" = String, Path, description = "The product's number")),
    responses((status = 200, description = "The product as it is now", body = ProductSummary)))]
pub async fn change_product(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
    body: JsonBody<ProductChangeBody>,
) -> Result<web::Json<ProductSummary>, Problem> {
    let id = product_id(&path)?;
    let (change, now) = (body.0.parse(state.currency)?, state.access.clock.now());
    let write =
        state.access.db.write(move |tx| catalog::change_product(tx, &permit.0, id, change, now));
    Ok(web::Json(ProductSummary::from(&write.await?)))
}
