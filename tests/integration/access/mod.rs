//! Who is let in, and to what.

mod header;
mod isolation;
mod walk;
