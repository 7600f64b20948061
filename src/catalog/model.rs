//! Products and venues.

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;
use serde::Serialize;

use crate::kernel::{Amount, Currency, FunctionCode, ProductCode, VenueCode};

/// What a product entitles to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ProductFunction {
    /// Such as `ferry`.
    pub function_code: FunctionCode,
    /// For people.
    pub function_name: String,
    /// How often, at least once.
    pub uses: i64,
}

/// What a kind of customer pays for a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Such as `adult`.
    pub customer_type: String,
    /// How much.
    pub amount: Amount,
}

/// Something that is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its number.
    pub product_id: i64,
    /// The part of its tickets' codes.
    pub product_code: ProductCode,
    /// For people.
    pub product_name: String,
    /// What it entitles to, in order.
    pub functions: Vec<ProductFunction>,
    /// What it costs.
    pub prices: Vec<Price>,
    /// Whether tickets of it are generated now.
    pub is_active: bool,
}

/// A product to make.
#[derive(Clone, Debug)]
pub struct NewProduct {
    /// Its number; the next free one where none is given.
    pub product_id: Option<i64>,
    /// The part of its tickets' codes.
    pub product_code: ProductCode,
    /// For people.
    pub product_name: String,
    /// What it entitles to, in order.
    pub functions: Vec<ProductFunction>,
    /// What it costs.
    pub prices: Vec<Price>,
}

/// What to change of a product; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct ProductChange {
    /// For people.
    pub product_name: Option<String>,
    /// What tickets that are made from now on entitle to, in order.
    pub functions: Option<Vec<ProductFunction>>,
    /// What it costs.
    pub prices: Option<Vec<Price>>,
    /// Whether tickets of it are generated.
    pub is_active: Option<bool>,
}

/// A price as those who administer see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PriceSummary {
    /// Such as `adult`.
    customer_type: String,
    /// A decimal in major units, such as `"175.00"`.
    price: String,
    /// ISO 4217.
    currency: Currency,
}

/// A product as those who administer see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ProductSummary {
    /// Its number.
    pub product_id: i64,
    /// The part of its tickets' codes.
    product_code: ProductCode,
    /// For people.
    product_name: String,
    /// What it entitles to, in order.
    functions: Vec<ProductFunction>,
    /// What it costs.
    prices: Vec<PriceSummary>,
    /// Whether tickets of it are generated now.
    is_active: bool,
}

impl From<&Product> for ProductSummary {
    fn from(product: &Product) -> Self {
        let price = |price: &Price| PriceSummary {
            customer_type: price.customer_type.clone(),
            price: price.amount.to_string(),
            currency: price.amount.currency,
        };
        Self {
            product_id: product.product_id,
            product_code: product.product_code.clone(),
            product_name: product.product_name.clone(),
            functions: product.functions.clone(),
            prices: product.prices.iter().map(price).collect(),
            is_active: product.is_active,
        }
    }
}

/// A place where things are redeemed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    /// Its number.
    pub venue_id: i64,
    /// Its code.
    pub venue_code: VenueCode,
    /// For people.
    pub venue_name: String,
    /// Such as `pier`.
    pub venue_type: String,
    /// Its local time.
    pub timezone: Tz,
    /// Whether it redeems now.
    pub is_active: bool,
    /// What it redeems, by code.
    pub supported_functions: Vec<FunctionCode>,
}

impl Venue {
    /// Whether it redeems this.
    #[must_use]
    pub fn supports(&self, function_code: &FunctionCode) -> bool {
        self.supported_functions.contains(function_code)
    }
}

/// A venue to make.
#[derive(Clone, Debug)]
pub struct NewVenue {
    /// Its code.
    pub venue_code: VenueCode,
    /// For people.
    pub venue_name: String,
    /// Such as `pier`.
    pub venue_type: String,
    /// Its local time.
    pub timezone: Tz,
    /// What it redeems.
    pub supported_functions: Vec<FunctionCode>,
}

/// What to change of a venue; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct VenueChange {
    /// For people.
    pub venue_name: Option<String>,
    /// Such as `pier`.
    pub venue_type: Option<String>,
    /// Its local time.
    pub timezone: Option<Tz>,
    /// What it redeems.
    pub supported_functions: Option<Vec<FunctionCode>>,
    /// Whether it redeems.
    pub is_active: Option<bool>,
}

/// A venue as those who administer see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct VenueSummary {
    /// Its number.
    pub venue_id: i64,
    /// Its code.
    venue_code: VenueCode,
    /// For people.
    venue_name: String,
    /// Such as `pier`.
    venue_type: String,
    /// Its IANA time zone.
    timezone: &'static str,
    /// What it redeems, by code.
    supported_functions: Vec<FunctionCode>,
    /// Whether it redeems now.
    is_active: bool,
}

impl From<&Venue> for VenueSummary {
    fn from(venue: &Venue) -> Self {
        Self {
            venue_id: venue.venue_id,
            venue_code: venue.venue_code.clone(),
            venue_name: venue.venue_name.clone(),
            venue_type: venue.venue_type.clone(),
            timezone: venue.timezone.name(),
            supported_functions: venue.supported_functions.clone(),
            is_active: venue.is_active,
        }
    }
}

/// All products and venues, as of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Goes up with every change.
    pub revision: i64,
    /// Products by number.
    pub products: HashMap<i64, Arc<Product>>,
    /// Venues by code.
    pub venues: HashMap<VenueCode, Arc<Venue>>,
}
