//! Tokens, keys and pictures.

mod cost;
mod forge;
mod invariants;
mod properties;
mod public_keys;
mod ring;
mod vectors;
