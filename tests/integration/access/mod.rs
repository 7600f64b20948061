//! Who may do what: every operation, asked by everybody.

mod isolation;
mod walk;
