//! Names of permissions, as bodies hold them.

use crate::access::PermissionSet;

/// The permissions with these names, of which there is at least one.
pub(super) fn permissions(names: &[String]) -> Result<PermissionSet, String> {
    let known = || PermissionSet::all().names().join(", ");
    let set = PermissionSet::of_names(names.iter().map(String::as_str))
        .map_err(|error| format!("must be some of {}, not {:?}", error.known, error.name))?;
    if set.is_empty() {
        return Err(format!("must hold at least one of {}", known()));
    }
    Ok(set)
}
