//! The operating system's user that this process runs as.

use std::fs;
use std::os::unix::fs::MetadataExt;

/// The user's name in `/etc/passwd`, or the number where it has none there.
#[must_use]
pub fn system_user() -> String {
    // A process's folder there is its user's.
    let Ok(process) = fs::metadata("/proc/self") else { return "unknown".to_owned() };
    let id = process.uid().to_string();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_in(&users, &id).map_or(id, ToOwned::to_owned)
}

/// The name that `passwd(5)` has for a number: `NAME:PASSWORD:NUMBER:..` in each line.
fn name_in<'u>(users: &'u str, id: &str) -> Option<&'u str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1) == Some(id)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\n\n+\ngate:x:1000:1000::/:/bin/sh\n";
        assert_eq!(
            ["0", "1000", "1", "x"].map(|id| name_in(users, id)),
            [Some("root"), Some("gate"), None, None]
        );
    }
}
