//! Batches of tickets.

mod batch_id;
mod codes;
mod crash;
mod fields;
mod generate;
mod invariants;
mod list;
mod prices;
