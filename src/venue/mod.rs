//! What operators use at a venue: scan, undo, the list of venues, and the ledger's analytics.
//!
//! Comes in: scans from terminals. Goes out: one clear answer each, success or the reason of the refusal.

mod error;
pub mod http;
mod model;
mod scan;

pub use error::VenueError;
pub use model::VenueState;
