//! `/admin/..`: each handler for whoever holds an [`AdminPermit`](crate::access::AdminPermit).

mod audit;

pub use audit::{__path_audit, audit};
