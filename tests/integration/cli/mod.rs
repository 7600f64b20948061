//! The real binary: its commands, its starts and its ends.
