//! Administration over REST.

mod audit;
