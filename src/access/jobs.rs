//! Writes down when keys were last used, behind the requests that used them.

use super::authenticate::Authenticator;
use super::error::AccessError;
use super::store;

/// Keys in a transaction at most, so that scans do not wait for it.
const CHUNK: usize = 256;

/// Writes some of the uses that the authenticator noted, in one transaction; says how many it took up.
///
/// # Errors
/// The database's; what was not written is noted still.
pub async fn write_last_uses(authenticator: &Authenticator) -> Result<usize, AccessError> {
    let uses = authenticator.uses().take(CHUNK);
    if uses.is_empty() {
        return Ok(0);
    }
    let taken = uses.clone();
    let written = authenticator.db().write(move |tx| {
        taken.iter().try_for_each(|(key, at)| store::write_use(tx, key, *at))?;
        Ok::<(), AccessError>(())
    });
    match written.await {
        Ok(()) => Ok(uses.len()),
        Err(error) => {
            authenticator.uses().give_back(uses);
            Err(error)
        }
    }
}
