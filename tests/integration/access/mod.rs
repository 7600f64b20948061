//! Who may do what: every operation, asked by everybody.

mod header;
mod isolation;
mod lockout;
mod log_in;
mod password;
mod revocation;
mod walk;
