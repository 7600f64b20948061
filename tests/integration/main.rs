//! Drives the real server over real sockets, on either database. The folders mirror the slices.

#![expect(
    unreachable_pub,
    reason = "a test's helpers document themselves, and panic where the test fails"
)]

mod access;
mod app;
mod cli;
mod db;
mod http;
mod ota;
mod qr;
mod redemption;
mod support;
mod token;
mod venue;
