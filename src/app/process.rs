//! The process of a server, before anything else is done in it: its log, its open files, the pages of its memory.

use super::descriptors::raise_file_limit;
use super::logging::start_logging;
use crate::config::Settings;

/// Makes this process one that a server can run in.
pub fn prepare_process(settings: &Settings) {
    start_logging(settings);
    raise_file_limit(settings);
    keep_pages_small();
}

/// Asks Linux for no pages of 2 MiB: an allocator that touches a byte of one holds all of it until nothing in it is used
/// any more, so that a server holds up to twice the memory that it needs.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        log::warn!("failed to turn huge pages off, which take more memory: {error}");
    }
}
