//! QR codes and looks.
