//! Tokens, keys and pictures.

mod invariants;
mod properties;
mod ring;
mod vectors;
