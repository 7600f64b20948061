//! What operators use at a venue.

mod race;
mod scan;
