//! Products and venues.

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;
use serde::Serialize;

use crate::kernel::{Amount, FunctionCode, ProductCode, VenueCode};

/// What a product entitles to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
