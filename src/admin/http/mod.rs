//! `/admin/..`: each handler for whoever holds an [`AdminPermit`](crate::access::AdminPermit).

mod audit;
mod rate_limits;

pub use audit::{__path_audit, audit};
pub use rate_limits::{__path_change_rate_limits, change_rate_limits};
