//! Names of files that go with a file.

use std::path::{Path, PathBuf};

/// A file in the same folder, whose name goes on with this.
#[must_use]
pub fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
