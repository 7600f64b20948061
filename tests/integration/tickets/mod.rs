//! Tickets: the codes that need a key, and the erasure of customers.

mod count_codes;
mod retention;
