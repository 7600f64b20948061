//! Who may do what: every operation, asked by everybody.

mod classes;
mod failures;
mod header;
mod isolation;
mod last_used;
mod limits;
mod lockout;
mod log_in;
mod pairing;
mod password;
mod revocation;
mod session_end;
mod slow_body;
mod strangers;
mod walk;
