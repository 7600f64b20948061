//! Tokens, keys and pictures.

mod forge;
mod invariants;
mod properties;
mod ring;
mod vectors;
