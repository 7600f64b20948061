//! The face of administration: partners, keys, operators, terminals, products, venues and the audit log over REST.
//!
//! Comes in: an admin's requests. Goes out: use cases of `access` and `catalog`, run in one transaction each, and what
//! they made. This slice owns no tables.

pub mod http;
mod model;

pub use model::AdminState;
