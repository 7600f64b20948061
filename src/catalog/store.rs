//! Queries on products, venues and what belongs to them.

use diesel::prelude::*;

use super::model::{Product, Venue};
use crate::db::schema::{
    catalog_revision, product_functions, product_prices, products, venue_functions, venues,
};
use crate::db::{DbError, Tx};
use crate::kernel::Timestamp;

pub(super) fn revision(tx: &mut Tx) -> Result<i64, DbError> {
    Ok(catalog_revision::table.select(catalog_revision::revision).first(tx.connection())?)
}

/// Holds the revision until the transaction ends: one change of the catalogue at a time.
pub(super) fn lock_revision(tx: &mut Tx) -> Result<(), DbError> {
    diesel::update(catalog_revision::table)
        .set(catalog_revision::revision.eq(catalog_revision::revision))
        .execute(tx.connection())?;
    Ok(())
}

/// Raises the revision, and holds it until the transaction ends: one change of the catalogue at a time.
pub(super) fn raise_revision(tx: &mut Tx) -> Result<(), DbError> {
    diesel::update(catalog_revision::table)
        .set(catalog_revision::revision.eq(catalog_revision::revision + 1))
        .execute(tx.connection())?;
    Ok(())
}

/// A product: id, code, name, whether it is active.
pub(super) type ProductRow = (i64, String, String, bool);
/// A function of a product: product, code, name, uses.
pub(super) type FunctionRow = (i64, String, String, i64);
/// A price of a product: product, customer type, currency, minor units.
pub(super) type PriceRow = (i64, String, String, i64);
/// A venue: id, code, name, type, time zone, whether it is active.
pub(super) type VenueRow = (i64, String, String, String, String, bool);

pub(super) fn products(tx: &mut Tx) -> Result<Vec<ProductRow>, DbError> {
    let rows = products::table
        .order(products::product_id)
        .select((
            products::product_id,
            products::product_code,
            products::product_name,
            products::is_active,
        ))
        .load(tx.connection())?;
    Ok(rows)
}

pub(super) fn functions(tx: &mut Tx) -> Result<Vec<FunctionRow>, DbError> {
    let rows = product_functions::table
        .order((product_functions::product_id, product_functions::position))
        .select((
            product_functions::product_id,
            product_functions::function_code,
            product_functions::function_name,
            product_functions::uses,
        ))
        .load(tx.connection())?;
    Ok(rows)
}

pub(super) fn prices(tx: &mut Tx) -> Result<Vec<PriceRow>, DbError> {
    let rows = product_prices::table
        .order((
            product_prices::product_id,
            product_prices::customer_type,
            product_prices::currency,
        ))
        .select((
            product_prices::product_id,
            product_prices::customer_type,
            product_prices::currency,
            product_prices::amount_minor,
        ))
        .load(tx.connection())?;
    Ok(rows)
}

pub(super) fn venues(tx: &mut Tx) -> Result<Vec<VenueRow>, DbError> {
    let rows = venues::table
        .order(venues::venue_id)
        .select((
            venues::venue_id,
            venues::venue_code,
            venues::venue_name,
            venues::venue_type,
            venues::timezone,
            venues::is_active,
        ))
        .load(tx.connection())?;
    Ok(rows)
}

pub(super) fn venue_functions(tx: &mut Tx) -> Result<Vec<(String, String)>, DbError> {
    let rows = venue_functions::table
        .order((venue_functions::venue_code, venue_functions::function_code))
        .select((venue_functions::venue_code, venue_functions::function_code))
        .load(tx.connection())?;
    Ok(rows)
}

pub(super) fn next_product_id(tx: &mut Tx) -> Result<i64, DbError> {
    let highest: Option<i64> =
        products::table.select(diesel::dsl::max(products::product_id)).first(tx.connection())?;
    Ok(highest.map_or(1, |highest| highest.saturating_add(1)))
}

pub(super) fn next_venue_id(tx: &mut Tx) -> Result<i64, DbError> {
    let highest: Option<i64> =
        venues::table.select(diesel::dsl::max(venues::venue_id)).first(tx.connection())?;
    Ok(highest.map_or(1, |highest| highest + 1))
}

pub(super) fn insert_product(
    tx: &mut Tx,
    product: &Product,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(products::table)
        .values((
            products::product_id.eq(product.product_id),
            products::product_code.eq(product.product_code.as_str()),
            products::product_name.eq(&product.product_name),
            products::is_active.eq(product.is_active),
            products::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    insert_parts(tx, product, now)
}

pub(super) fn update_product(
    tx: &mut Tx,
    product: &Product,
    now: Timestamp,
) -> Result<(), DbError> {
    let id = product.product_id;
    diesel::update(products::table.filter(products::product_id.eq(id)))
        .set((
            products::product_name.eq(&product.product_name),
            products::is_active.eq(product.is_active),
        ))
        .execute(tx.connection())?;
    diesel::delete(product_functions::table.filter(product_functions::product_id.eq(id)))
        .execute(tx.connection())?;
    diesel::delete(product_prices::table.filter(product_prices::product_id.eq(id)))
        .execute(tx.connection())?;
    insert_parts(tx, product, now)
}

fn insert_parts(tx: &mut Tx, product: &Product, now: Timestamp) -> Result<(), DbError> {
    let (id, now) = (product.product_id, now.naive_utc());
    for (position, function) in (0_i64..).zip(&product.functions) {
        diesel::insert_into(product_functions::table)
            .values((
                product_functions::product_id.eq(id),
                product_functions::function_code.eq(function.function_code.as_str()),
                product_functions::function_name.eq(&function.function_name),
                product_functions::uses.eq(function.uses),
                product_functions::position.eq(position),
                product_functions::created_at.eq(now),
            ))
            .execute(tx.connection())?;
    }
    for price in &product.prices {
        diesel::insert_into(product_prices::table)
            .values((
                product_prices::product_id.eq(id),
                product_prices::customer_type.eq(&price.customer_type),
                product_prices::currency.eq(price.amount.currency.to_string()),
                product_prices::amount_minor.eq(price.amount.minor),
                product_prices::created_at.eq(now),
            ))
            .execute(tx.connection())?;
    }
    Ok(())
}

pub(super) fn insert_venue(tx: &mut Tx, venue: &Venue, now: Timestamp) -> Result<(), DbError> {
    diesel::insert_into(venues::table)
        .values((
            venues::venue_code.eq(venue.venue_code.as_str()),
            venues::venue_id.eq(venue.venue_id),
            venues::venue_name.eq(&venue.venue_name),
            venues::venue_type.eq(&venue.venue_type),
            venues::timezone.eq(venue.timezone.name()),
            venues::is_active.eq(venue.is_active),
            venues::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    insert_venue_functions(tx, venue, now)
}

pub(super) fn update_venue(tx: &mut Tx, venue: &Venue, now: Timestamp) -> Result<(), DbError> {
    let code = venue.venue_code.as_str();
    diesel::update(venues::table.filter(venues::venue_code.eq(code)))
        .set((
            venues::venue_name.eq(&venue.venue_name),
            venues::venue_type.eq(&venue.venue_type),
            venues::timezone.eq(venue.timezone.name()),
            venues::is_active.eq(venue.is_active),
        ))
        .execute(tx.connection())?;
    diesel::delete(venue_functions::table.filter(venue_functions::venue_code.eq(code)))
        .execute(tx.connection())?;
    insert_venue_functions(tx, venue, now)
}

fn insert_venue_functions(tx: &mut Tx, venue: &Venue, now: Timestamp) -> Result<(), DbError> {
    for function in &venue.supported_functions {
        diesel::insert_into(venue_functions::table)
            .values((
                venue_functions::venue_code.eq(venue.venue_code.as_str()),
                venue_functions::function_code.eq(function.as_str()),
                venue_functions::created_at.eq(now.naive_utc()),
            ))
            .execute(tx.connection())?;
    }
    Ok(())
}
