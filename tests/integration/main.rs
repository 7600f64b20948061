//! Drives the real server over real sockets, on either database.
