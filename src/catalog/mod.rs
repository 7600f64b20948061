//! What is sold and where it is redeemed: products with their functions and prices, venues with theirs.
//!
//! Comes in: new products and venues from those who administer. Goes out: the [`Catalog`], a copy in memory that is
//! at most a second old.

mod create_product;
mod create_venue;
mod error;
mod list;
mod model;
mod store;
mod view;

pub use create_product::create_product;
pub use create_venue::{create_venue, set_venue_active};
pub use error::CatalogError;
pub use list::load_catalog;
pub use model::{Catalog, NewProduct, NewVenue, Price, Product, ProductFunction, Venue};
pub use view::CatalogView;
