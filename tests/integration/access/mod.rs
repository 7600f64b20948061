//! Who may do what: every operation, asked by everybody.

mod failures;
mod header;
mod isolation;
mod limits;
mod walk;
