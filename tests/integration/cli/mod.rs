//! The real binary: its commands, its starts and its ends.

mod api_keys;
mod arguments;
mod create;
mod demo;
mod keys;
mod privacy;
mod settings;
mod walk;
