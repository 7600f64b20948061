//! What the tests share: a server with a database of its own, and the people who use it.

pub mod actors;
pub mod answers;
pub mod client;
pub mod cluster;
pub mod database;
pub mod process;
pub mod records;
pub mod site;
pub mod socket;
pub mod tables;
pub mod test_app;

pub use actors::{Gate, Partner};
pub use answers::{assert_unavailable, audited, problem_body};
pub use client::{Client, Reply, masked};
pub use database::TestDatabase;
pub use process::{ServerProcess, within_a_second};
pub use site::Site;
pub use test_app::TestApp;
