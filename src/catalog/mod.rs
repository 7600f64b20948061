//! What is sold and where it is redeemed: products with their functions and prices, venues with theirs.
//!
//! Comes in: products and venues from those who administer. Goes out: the [`Catalog`], a copy in memory that is
//! at most a second old.

mod change_product;
mod change_venue;
mod create_product;
mod create_venue;
mod error;
mod http;
mod list;
mod model;
mod store;
mod view;

pub use change_product::change_product;
pub use change_venue::change_venue;
pub use create_product::create_product;
pub use create_venue::create_venue;
pub use error::CatalogError;
pub use list::{list_products, list_venues, load_catalog};
pub use model::{
    Catalog, NewProduct, NewVenue, Price, PriceSummary, Product, ProductChange, ProductFunction,
    ProductSummary, Venue, VenueChange, VenueSummary,
};
pub use view::CatalogView;
