//! What bad requests get, whatever the route.

mod body;
mod document;
mod fuzz;
mod fuzz_keys;
mod routes;
