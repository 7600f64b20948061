//! What bad requests get, whatever the route.

mod body;
mod routes;
