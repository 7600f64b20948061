//! Drives the real server over real sockets, on either database. The folders mirror the slices.

#![expect(
    unreachable_pub,
    reason = "a test's helpers document themselves, and panic where the test fails"
)]

#[cfg(test)]
mod access;
#[cfg(test)]
mod admin;
#[cfg(test)]
mod app;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod db;
#[cfg(test)]
mod http;
#[cfg(test)]
mod ota;
#[cfg(test)]
mod qr;
#[cfg(test)]
mod redemption;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tickets;
#[cfg(test)]
mod token;
#[cfg(test)]
mod venue;
