//! `/admin/..`: each handler for whoever holds an [`AdminPermit`](crate::access::AdminPermit).

mod audit;
mod keys;
mod operators;
mod partners;
mod privacy;
mod products;
mod rate_limits;
mod terminals;
mod venues;

use super::error::AdminError;
use crate::http::Problem;

pub use audit::{__path_audit, audit};
pub use keys::{
    __path_change_key, __path_create_key, __path_list_keys, __path_revoke_key, __path_rotate_key,
    change_key, create_key, list_keys, revoke_key, rotate_key,
};
pub use operators::{
    __path_change_operator, __path_create_operator, __path_list_operators, change_operator,
    create_operator, list_operators,
};
pub use partners::{
    __path_change_partner, __path_create_partner, __path_list_partners, change_partner,
    create_partner, list_partners,
};
pub use privacy::{__path_erase_customer, erase_customer};
pub use products::{
    __path_change_product, __path_create_product, __path_list_products, change_product,
    create_product, list_products,
};
pub use rate_limits::{__path_change_rate_limits, change_rate_limits};
pub use terminals::{
    __path_change_terminal, __path_create_pairing_code, __path_create_terminal,
    __path_list_terminals, __path_revoke_terminal, change_terminal, create_pairing_code,
    create_terminal, list_terminals, revoke_terminal,
};
pub use venues::{
    __path_change_venue, __path_create_venue, __path_list_venues, change_venue, create_venue,
    list_venues,
};

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::FunctionNotAtVenue { venue_code, function_code } => Self::invalid_field(
                "functions",
                format!("must be redeemed at {venue_code}: {function_code} is not"),
            ),
            AdminError::Access(error) => error.into(),
            AdminError::Catalog(error) => error.into(),
            AdminError::Database(error) => error.into(),
            AdminError::Image(_) => Self::internal(&error),
        }
    }
}
