//! `/admin/..`: each handler for whoever holds an [`AdminPermit`](crate::access::AdminPermit).

mod audit;
mod operators;

pub use audit::{__path_audit, audit};
pub use operators::{
    __path_change_operator, __path_create_operator, __path_list_operators, change_operator,
    create_operator, list_operators,
};
