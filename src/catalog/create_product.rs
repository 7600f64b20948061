//! Makes a product.

use std::collections::HashSet;

use super::error::CatalogError;
use super::model::{NewProduct, Product, ProductSummary};
use super::store;
use crate::access::{AdminPermit, AuditEntry, audit};
use crate::db::Tx;
use crate::kernel::Timestamp;

/// Makes a product with its functions and prices.
///
/// # Errors
/// Its id or code is taken, its functions are none or doubled, a price is doubled, or the database's.
pub fn create_product(
    tx: &mut Tx,
    permit: &AdminPermit,
    product: NewProduct,
    now: Timestamp,
) -> Result<Product, CatalogError> {
    store::raise_revision(tx)?;
    let product_id = match product.product_id {
        Some(id) => id,
        None => store::next_product_id(tx)?,
    };
    let made = Product {
        product_id,
        product_code: product.product_code,
        product_name: product.product_name,
        functions: product.functions,
        prices: product.prices,
        is_active: true,
    };
    check_parts(&made)?;
    store::insert_product(tx, &made, now).map_err(|error| {
        error.or_taken(|| CatalogError::ProductExists(made.product_code.to_string()))
    })?;
    let subject = made.product_id.to_string();
    let entry = AuditEntry::created("product.create", &subject, &ProductSummary::from(&made));
    audit(tx, permit.actor(), &entry, now)?;
    Ok(made)
}

/// Sees to it that a product entitles to something, and that none of its parts is doubled.
pub(super) fn check_parts(product: &Product) -> Result<(), CatalogError> {
    let functions: HashSet<_> = product.functions.iter().map(|one| &one.function_code).collect();
    if functions.is_empty() || functions.len() != product.functions.len() {
        return Err(CatalogError::Functions(product.product_code.to_string()));
    }
    let kinds: HashSet<_> =
        product.prices.iter().map(|one| (&one.customer_type, one.amount.currency)).collect();
    if kinds.len() != product.prices.len() {
        return Err(CatalogError::Prices(product.product_code.to_string()));
    }
    Ok(())
}
