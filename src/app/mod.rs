//! The server put together: routes, state, background workers, start and shutdown.
//!
//! Comes in: settings and an open database. Goes out: a running server, and its end with nothing left undone.

mod demo;
mod descriptors;
mod docs;
mod error;
mod guard;
mod health;
mod keys;
mod logging;
mod permissions;
mod process;
mod readiness;
mod routes;
mod self_signed;
mod server;
mod state;
mod tls;
mod tls_error;
mod workers;

pub use demo::{
    DEMO_API_KEY, DEMO_OPERATOR, DEMO_TERMINAL_KEY, demo_openness, seed_demo, seed_demo_operator,
};
pub use error::AppError;
pub use logging::logger;
pub use permissions::{Operation, permissions_page};
pub use process::prepare_process;
pub use routes::{OPERATIONS, openapi_json};
pub use server::{listen, run_until_signal, server};
pub use state::{App, AppSettings};
pub use tls_error::TlsError;
