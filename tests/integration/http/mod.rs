//! What bad requests get, whatever the route.

mod body;
mod cors;
mod document;
mod fuzz;
mod fuzz_administration;
mod headers;
mod proxies;
mod routes;
mod timeouts;
