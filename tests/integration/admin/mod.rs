//! Administration over REST.

mod audit;
mod privacy;
