//! Tokens, keys and pictures.

mod ring;
