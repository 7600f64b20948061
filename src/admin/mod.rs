//! The face of administration: partners, keys, operators, terminals, products, venues and the audit log over REST.
//!
//! Comes in: an admin's requests. Goes out: use cases of `access` and `catalog`, run in one transaction each, and what
//! they made; and those that need both, which the command line calls too. This slice owns no tables.

mod error;
pub mod http;
mod model;
mod set_up_terminal;

pub use error::AdminError;
pub use model::AdminState;
pub use set_up_terminal::{move_terminal, set_up_keyed_terminal, set_up_terminal};
