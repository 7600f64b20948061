//! QR codes and looks.

mod current;
mod decrypt;
mod image;
mod info;
mod issue;
mod redeemable;
