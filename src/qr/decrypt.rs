//! One look, from the scanned text to what is behind it: open the token, find the venue, read the ticket.

use super::error::QrError;
use super::model::{DecryptedBody, ParsedLook, QrState};
use crate::access::LookPermit;
use crate::redemption::{find_venue, look};

/// Looks at the ticket behind a scanned text. Changes nothing.
pub(super) async fn decrypt(
    state: &QrState,
    permit: LookPermit,
    parsed: ParsedLook,
) -> Result<DecryptedBody, QrError> {
    let place = permit.place(parsed.venue_code)?;
    let claims = match state.tokens.open(&parsed.encrypted_data) {
        Ok(opened) => opened.claims,
        Err(error) => {
            permit.failures().count()?;
            return Err(error.into());
        }
    };
    let venue = find_venue(&state.catalog, place).await?;
    let catalog = state.catalog.current().await?;
    let now = state.clock.now();
    let mut seen = look(&state.lookout, &permit, &claims, &venue, now).await?;
    if !permit.sees_contacts() {
        let ticket = &mut seen.held.ticket;
        ticket.customer = std::mem::take(&mut ticket.customer).masked();
    }
    Ok(DecryptedBody::new(claims, seen, &catalog, now))
}
