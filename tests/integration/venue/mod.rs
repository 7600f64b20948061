//! What operators use at a venue.

mod analytics;
mod bad_requests;
mod contacts;
mod places;
mod race;
mod refusals;
mod scan;
mod scan_id;
mod tokens;
mod undo;
mod uses;
mod venues;
