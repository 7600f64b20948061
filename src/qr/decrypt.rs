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
    let (now, opened) = (state.clock.now(), claims.clone());
    let sees_contacts = permit.sees_contacts();
    let mut seen = state.db.read_one(move |tx| look(tx, &permit, &opened, &venue, now)).await?;
    if !sees_contacts {
        let ticket = &mut seen.held.ticket;
        ticket.customer = std::mem::take(&mut ticket.customer).masked();
    }
    Ok(DecryptedBody::new(claims, seen, &catalog, now))
}
