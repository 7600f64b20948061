//! QR codes for partners and looks for the gate: issue, fetch again, info, decrypt.
//!
//! Comes in: ticket codes and scanned texts. Goes out: sealed tokens with their pictures, and what a ticket is.

mod decrypt;
mod error;
pub mod http;
mod info;
mod model;

pub use error::QrError;
pub use model::QrState;
