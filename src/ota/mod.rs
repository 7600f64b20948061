//! What travel agencies use: bulk generation of tickets in batches, and lists of them.
//!
//! Comes in: orders over REST. Goes out: complete batches. A large one is written chunk by chunk under a lease, so
//! that a crash leaves nothing half done, and nobody else waits long for the database's writer.

mod error;
mod generate;
pub mod http;
mod jobs;
mod model;
mod store;

pub use error::OtaError;
pub use jobs::{OtaState, resume_abandoned_batch};
pub use model::GenerateSettings;
