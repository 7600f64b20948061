//! The process of a server, before its parts are opened: its log, and the pages of its memory.

use super::logging::start_logging;
use crate::config::Settings;

/// Starts the log, and turns huge pages off.
pub fn prepare_process(settings: &Settings) {
    start_logging(settings);
    keep_pages_small();
}

/// Asks Linux for no pages of 2 MiB: an allocator that touches a byte of one holds all of it until nothing in it is used
/// any more, and so a server holds more than it needs.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        log::debug!("huge pages stay on, and more memory is held than needed: {error}");
    }
}
