//! Tokens, keys and pictures.
