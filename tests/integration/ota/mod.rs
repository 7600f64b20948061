//! Batches of tickets.
