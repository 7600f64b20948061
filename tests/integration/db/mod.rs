//! The database: migrations, transactions, the lane.

mod callers;
mod checkpoint;
mod growth;
mod lane;
mod lane_failures;
mod lane_of_reads;
mod migrations;
mod notes;
mod openings;
mod parity;
mod plans;
mod statement;
mod threads;
mod transactions;
