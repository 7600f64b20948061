//! Files and folders that only their owner enters. A file is filled beside its place and then moved into it, so that it is
//! whole once it is there.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::kernel::{beside, sortable_id};

/// The permissions of a file that only its owner reads and writes.
pub(super) const OWNER_ONLY: u32 = 0o600;

/// Makes a folder that only its owner enters, since customers' names and keys will be in it; one that is there stays
/// as it is.
///
/// # Errors
/// The disk's.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a file that only its owner reads, whole or not at all, and the folder that it is in.
///
/// # Errors
/// The disk's.
pub fn write_private_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    make_private_folder(folder)?;
    let draft = draft_of(path);
    let moved = write_draft(&draft, content).and_then(|()| fs::rename(&draft, path));
    if moved.is_err() {
        // Where it is not there, or stays, the first error tells more.
        drop(fs::remove_file(&draft));
    }
    moved?;
    File::open(folder)?.sync_all()
}

fn write_draft(draft: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(draft)?;
    file.set_permissions(fs::Permissions::from_mode(OWNER_ONLY))?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes a file that was not there: `fill` is given the path of an empty file in the same folder and fills it. A file that
/// has the name already is not touched.
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
    let draft = draft_of(path);
    OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&draft)?;
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
    File::open(folder_of(path))?.sync_all()
}

fn draft_of(path: &Path) -> PathBuf {
    beside(path, &format!(".{}.new", sortable_id()))
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}
