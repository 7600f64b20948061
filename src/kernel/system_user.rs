//! The operating system's user that this process runs as.

use nix::unistd::{Uid, User};

/// The user's name, or the number where it has none.
#[must_use]
pub fn system_user() -> String {
    let id = Uid::current();
    User::from_uid(id).ok().flatten().map_or_else(|| id.to_string(), |user| user.name)
}
