//! The real binary: its commands, its starts and its ends.

mod arguments;
mod create;
mod demo;
mod keys;
mod operators;
mod settings;
mod walk;
