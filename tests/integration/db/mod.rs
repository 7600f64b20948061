//! The database: migrations, transactions, the lane.

mod migrations;
mod parity;
