//! Makes a product.

use std::collections::HashSet;

use super::error::CatalogError;
use super::model::{NewProduct, Product};
use super::store;
use crate::access::AdminPermit;
use crate::db::{DbError, Tx};
use crate::kernel::Timestamp;

/// Makes a product with its functions and prices.
///
/// # Errors
/// Its id or code is taken, its functions are none or doubled, or the database's.
pub fn create_product(
    tx: &mut Tx,
    _permit: &AdminPermit,
    product: NewProduct,
    now: Timestamp,
) -> Result<Product, CatalogError> {
    let code = product.product_code.to_string();
    let distinct: HashSet<_> = product.functions.iter().map(|f| &f.function_code).collect();
    if distinct.is_empty() || distinct.len() != product.functions.len() {
        return Err(CatalogError::Functions(code));
    }
    store::raise_revision(tx)?;
    let product_id = match product.product_id {
        Some(id) => id,
        None => store::next_product_id(tx)?,
    };
    store::insert_product(tx, product_id, &product, now).map_err(|error| {
        if matches!(error, DbError::Conflict(_)) {
            return CatalogError::ProductExists(code);
        }
        error.into()
    })?;
    Ok(Product {
        product_id,
        product_code: product.product_code,
        product_name: product.product_name,
        functions: product.functions,
        prices: product.prices,
    })
}
