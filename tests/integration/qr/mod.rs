//! QR codes and looks.

mod image;
