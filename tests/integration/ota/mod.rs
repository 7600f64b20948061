//! Batches of tickets.

mod prices;
