//! What operators use at a venue.

mod analytics;
mod places;
mod race;
mod refusals;
mod scan;
mod undo;
