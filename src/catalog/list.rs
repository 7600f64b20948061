//! Reads the whole catalogue, and lists it for those who administer.

use std::sync::Arc;

use super::create_venue::each_once;
use super::error::CatalogError;
use super::model::{Catalog, Price, Product, ProductFunction, ProductSummary, Venue, VenueSummary};
use super::store;
use crate::access::AdminPermit;
use crate::db::Tx;
use crate::http::Page;
use crate::kernel::{Amount, Currency, FunctionCode, ProductCode, VenueCode};

/// All products and venues. A row that this program could not have written is left out and logged.
///
/// # Errors
/// The database's.
pub fn load_catalog(tx: &mut Tx) -> Result<Catalog, CatalogError> {
    let revision = store::revision(tx)?;
    let functions = store::functions(tx)?;
    let prices = store::prices(tx)?;
    let products = store::products(tx)?.into_iter().filter_map(|row| {
        let id = row.0;
        let product = product(row, &functions, &prices);
        if product.is_none() {
            log::error!("failed to read product {id} of the catalogue");
        }
        product.map(|product| (id, Arc::new(product)))
    });
    let products = products.collect();
    let supported = store::venue_functions(tx)?;
    let venues = store::venues(tx)?.into_iter().filter_map(|row| {
        let id = row.0;
        let venue = venue(row, &supported);
        if venue.is_none() {
            log::error!("failed to read venue {id} of the catalogue");
        }
        venue.map(|venue| (venue.venue_code.clone(), Arc::new(venue)))
    });
    Ok(Catalog { revision, products, venues: venues.collect() })
}

/// A page of the products by number, and how many there are.
///
/// # Errors
/// The database's.
pub fn list_products(
    tx: &mut Tx,
    _permit: &AdminPermit,
    page: Page,
) -> Result<(Vec<ProductSummary>, i64), CatalogError> {
    let catalog = load_catalog(tx)?;
    let mut all: Vec<ProductSummary> =
        catalog.products.values().map(|product| product.as_ref().into()).collect();
    all.sort_by_key(|product| product.product_id);
    Ok(part_of(all, page))
}

/// A page of the venues by number, closed ones too, and how many there are.
///
/// # Errors
/// The database's.
pub fn list_venues(
    tx: &mut Tx,
    _permit: &AdminPermit,
    page: Page,
) -> Result<(Vec<VenueSummary>, i64), CatalogError> {
    let catalog = load_catalog(tx)?;
    let mut all: Vec<VenueSummary> =
        catalog.venues.values().map(|venue| venue.as_ref().into()).collect();
    all.sort_by_key(|venue| venue.venue_id);
    Ok(part_of(all, page))
}

/// The entries of a page, and how many there are in all.
fn part_of<T>(all: Vec<T>, page: Page) -> (Vec<T>, i64) {
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let taken = usize::try_from(page.limit).unwrap_or(usize::MAX);
    (all.into_iter().skip(skipped).take(taken).collect(), total)
}

fn product(
    (product_id, code, product_name, is_active): store::ProductRow,
    functions: &[store::FunctionRow],
    prices: &[store::PriceRow],
) -> Option<Product> {
    let functions = functions.iter().filter(|row| row.0 == product_id).map(|row| {
        Some(ProductFunction {
            function_code: FunctionCode::parse(&row.1).ok()?,
            function_name: row.2.clone(),
            uses: row.3,
        })
    });
    let prices = prices.iter().filter(|row| row.0 == product_id).map(|row| {
        let amount = Amount { minor: row.3, currency: Currency::parse(&row.2).ok()? };
        Some(Price { customer_type: row.1.clone(), amount })
    });
    Some(Product {
        product_id,
        product_code: ProductCode::parse(&code).ok()?,
        product_name,
        functions: functions.collect::<Option<_>>()?,
        prices: prices.collect::<Option<_>>()?,
        is_active,
    })
}

fn venue(row: store::VenueRow, supported: &[(String, String)]) -> Option<Venue> {
    let (venue_id, code, venue_name, venue_type, timezone, is_active) = row;
    let functions = supported.iter().filter(|(venue, _)| *venue == code);
    let functions = functions.map(|(_, function)| FunctionCode::parse(function).ok());
    Some(Venue {
        venue_id,
        venue_code: VenueCode::parse(&code).ok()?,
        venue_name,
        venue_type,
        timezone: timezone.parse().ok()?,
        is_active,
        supported_functions: each_once(functions.collect::<Option<_>>()?),
    })
}
