//! `/admin/keys`: the API keys of partners.

use actix_web::http::StatusCode;
use actix_web::web;

use crate::access::{
    self, AccessError, AdminPermit, Allowed, CreatedKey, KeyPrefix, KeySummary, RotatedKey,
};
use crate::admin::model::{AdminState, KeyChangeBody, KeyQuery, NewKeyBody, RotationBody};
use crate::http::{JsonBody, Listing, OptionalJsonBody, Params, Problem};

/// Any text in the place of a prefix: one that no key can have is as unknown as any other.
fn key_prefix(text: &str) -> Result<KeyPrefix, AccessError> {
    KeyPrefix::parse(text).ok_or(AccessError::KeyNotFound)
}

/// Make a further API key for a partner
///
/// The key's text is in this answer and nowhere else.
#[utoipa::path(post, path = "/admin/keys", tag = "admin",
    request_body = NewKeyBody,
    responses((status = 201, description = "The key", body = CreatedKey)))]
pub async fn create_key(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    body: JsonBody<NewKeyBody>,
) -> Result<(web::Json<CreatedKey>, StatusCode), Problem> {
    let now = state.access.clock.now();
    let key = body.0.parse(state.timezone, now)?;
    let write = state.access.db.write(move |tx| access::create_key(tx, &permit.0, key, now));
    Ok((web::Json(write.await?), StatusCode::CREATED))
}

/// List API keys
///
/// By partner and age, those that are over too, without their secrets.
#[utoipa::path(get, path = "/admin/keys", tag = "admin",
    params(KeyQuery),
    responses((status = 200, description = "A page of them", body = Listing<KeySummary>)))]
pub async fn list_keys(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    query: Params<KeyQuery>,
) -> Result<web::Json<Listing<KeySummary>>, Problem> {
    let (partner, page) = query.0.parse()?;
    let read =
        state.access.db.read(move |tx| access::list_keys(tx, &permit.0, partner.as_ref(), page));
    let (keys, total) = read.await?;
    Ok(web::Json(Listing::new(keys, total, page)))
}

/// Change an API key's name, permissions or expiry
///
/// It counts within a second on every server.
#[utoipa::path(patch, path = "/admin/keys/{key_prefix}", tag = "admin",
    params(("key_prefix" = String, Path, description = "The key's prefix")),
    request_body = KeyChangeBody,
    responses((status = 200, description = "The key as it is now", body = KeySummary)))]
pub async fn change_key(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
    body: JsonBody<KeyChangeBody>,
) -> Result<web::Json<KeySummary>, Problem> {
    let (prefix, now) = (key_prefix(&path)?, state.access.clock.now());
    let change = body.0.parse(state.timezone, now)?;
    let write = state
        .access
        .change_access(move |tx| access::change_key(tx, &permit.0, &prefix, change, now));
    Ok(web::Json(write.await?))
}

/// Rotate an API key
///
/// Makes a key with the same name and permissions, whose text is in this answer and nowhere else. The old key goes on
/// for the overlap and then ends.
#[utoipa::path(post, path = "/admin/keys/{key_prefix}/rotate", tag = "admin",
    params(("key_prefix" = String, Path, description = "The old key's prefix")),
    request_body = Option<RotationBody>,
    responses((status = 201, description = "The new key", body = RotatedKey)))]
pub async fn rotate_key(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
    body: OptionalJsonBody<RotationBody>,
) -> Result<(web::Json<RotatedKey>, StatusCode), Problem> {
    let (prefix, now) = (key_prefix(&path)?, state.access.clock.now());
    let rotation = body.0.parse(state.timezone, now)?;
    let write = state
        .access
        .change_access(move |tx| access::rotate_key(tx, &permit.0, &prefix, rotation, now));
    Ok((web::Json(write.await?), StatusCode::CREATED))
}

/// Revoke an API key
///
/// For good, and within a second on every server.
#[utoipa::path(post, path = "/admin/keys/{key_prefix}/revoke", tag = "admin",
    params(("key_prefix" = String, Path, description = "The key's prefix")),
    responses((status = 200, description = "The key as it is now", body = KeySummary)))]
pub async fn revoke_key(
    permit: Allowed<AdminPermit>,
    state: web::Data<AdminState>,
    path: web::Path<String>,
) -> Result<web::Json<KeySummary>, Problem> {
    let (prefix, now) = (key_prefix(&path)?, state.access.clock.now());
    let write =
        state.access.change_access(move |tx| access::revoke_key(tx, &permit.0, &prefix, now));
    Ok(web::Json(write.await?))
}
