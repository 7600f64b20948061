//! Who may do what: every operation, asked by everybody.

mod failures;
mod header;
mod isolation;
mod last_used;
mod limits;
mod pairing;
mod revocation;
mod walk;
