//! Changes a product: its name, what it entitles to and costs from now on, and whether it is sold at all.

use std::sync::Arc;

use super::create_product::check_parts;
use super::error::CatalogError;
use super::list::load_catalog;
use super::model::{Price, Product, ProductChange, ProductSummary};
use super::store;
use crate::access::{AdminPermit, AuditEntry, audit};
use crate::db::Tx;
use crate::kernel::Timestamp;

/// Changes a product. Tickets that exist keep what they entitle to.
///
/// # Errors
/// No such product, its functions are none or doubled, a price is doubled, or the database's.
pub fn change_product(
    tx: &mut Tx,
    permit: &AdminPermit,
    product_id: i64,
    change: ProductChange,
    now: Timestamp,
) -> Result<Product, CatalogError> {
    store::lock_revision(tx)?;
    let before = load_catalog(tx)?.products.remove(&product_id);
    let before = before.ok_or_else(|| CatalogError::ProductNotFound(product_id.to_string()))?;
    let after = changed(&before, change);
    check_parts(&after)?;
    if after == *before {
        return Ok(after);
    }
    store::raise_revision(tx)?;
    store::update_product(tx, &after, now)?;
    let was = ProductSummary::from(before.as_ref());
    let subject = product_id.to_string();
    let entry =
        AuditEntry::changed("product.change", &subject, &was, &ProductSummary::from(&after));
    audit(tx, permit.actor(), &entry, now)?;
    Ok(after)
}

fn changed(before: &Arc<Product>, change: ProductChange) -> Product {
    let product = Product::clone(before);
    Product {
        product_name: change.product_name.unwrap_or(product.product_name),
        functions: change.functions.unwrap_or(product.functions),
        prices: change
            .prices
            .filter(|prices| !is_same_list(prices, &product.prices))
            .unwrap_or(product.prices),
        is_active: change.is_active.unwrap_or(product.is_active),
        ..product
    }
}

/// Whether the prices of a product, each of which it has once, are given again in any order.
fn is_same_list(given: &[Price], own: &[Price]) -> bool {
    given.len() == own.len() && own.iter().all(|price| given.contains(price))
}
