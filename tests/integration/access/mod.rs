//! Who may do what: every operation, asked by everybody.

mod header;
mod isolation;
mod pairing;
mod walk;
