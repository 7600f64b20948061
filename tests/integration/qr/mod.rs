//! QR codes and looks.

pub mod contacts;
mod current;
mod decrypt;
pub mod image;
mod info;
mod issue;
mod redeemable;
