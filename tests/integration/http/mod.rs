//! What bad requests get, whatever the route.
