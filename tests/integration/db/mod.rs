//! The database: migrations, transactions, the lane.
