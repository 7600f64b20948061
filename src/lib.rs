//! Ticketgate, a ticket redemption server for venues. `ARCHITECTURE.md` has the plan of these rooms and their ranks.

pub mod access;
pub mod admin;
pub mod app;
pub mod bench;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod db;
pub mod http;
pub mod jobs;
pub mod kernel;
pub mod ota;
pub mod qr;
pub mod redemption;
pub mod tickets;
pub mod token;
pub mod venue;
