//! A file that is not there before and is whole once it is there: it is filled beside its place and then moved into it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::kernel::sortable_id;

/// Makes a file that only its owner reads: `fill` is given the path of an empty file in the same folder and fills it. A
/// file that has the name already is not touched.
///
/// # Errors
/// `fill`'s, and the disk's: [`io::ErrorKind::AlreadyExists`] where there is a file of the name. Nothing is left of it.
pub fn write_new_private_file<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", sortable_id()));
    let draft = PathBuf::from(name);
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let done = fill(&draft).and_then(|()| Ok(publish(&draft, path)?));
    // Moved away by now, or worth nothing.
    drop(fs::remove_file(&draft));
    done
}

/// Gives the draft its name, unless another file has got it meanwhile, once all of it is on the disk.
fn publish(draft: &Path, path: &Path) -> io::Result<()> {
    File::open(draft)?.sync_all()?;
    match fs::hard_link(draft, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            // Some file systems have no second names.
            fs::rename(draft, path)?;
        }
        linked => linked?,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
