//! Administration over REST.

mod audit;
mod operators;
