//! Who may do what: every operation, asked by everybody.

mod header;
mod isolation;
mod last_used;
mod revocation;
mod walk;
