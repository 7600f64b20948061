//! What operators use at a venue.

mod places;
mod race;
mod refusals;
mod scan;
