//! The server as a whole: health, metrics, documents, the log, and several processes through crashes and ends.

mod batches;
mod crash;
mod docs;
mod guard;
mod health;
mod log;
mod overload;
mod rotation;
mod servers;
mod stop;
mod tls;
