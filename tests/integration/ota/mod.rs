//! Batches of tickets.

mod fields;
mod list;
mod prices;
