//! `/admin/..`: each handler for whoever holds an [`AdminPermit`](crate::access::AdminPermit).

mod audit;
mod privacy;

pub use audit::{__path_audit, audit};
pub use privacy::{__path_erase_customer, erase_customer};
