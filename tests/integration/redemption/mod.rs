//! The ledger: what it keeps, whatever happens, and what keeps it so.

mod index;
mod invariants;
mod model;
