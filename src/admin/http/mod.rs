//! `/admin/..`: each handler for whoever holds an [`AdminPermit`](crate::access::AdminPermit).

mod audit;
mod keys;
mod partners;
mod privacy;
mod rate_limits;

pub use audit::{__path_audit, audit};
pub use keys::{
    __path_edit_key, __path_end_key, __path_keys, __path_new_key, __path_next_key, edit_key,
    end_key, keys, new_key, next_key,
};
pub use partners::{
    __path_edit_partner, __path_new_partner, __path_partners, edit_partner, new_partner, partners,
};
pub use privacy::{__path_erase_customer, erase_customer};
pub use rate_limits::{__path_change_rate_limits, change_rate_limits};
