//! The server as a whole: health, metrics, documents, the log, and several processes.

mod batches;
mod docs;
mod guard;
mod health;
mod log;
mod memory;
mod operations;
mod overload;
mod rotation;
mod servers;
mod tls;
