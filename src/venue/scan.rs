//! One scan, from its text to its verdict: open the token, find the venue, go through the gate.

use super::error::VenueError;
use super::model::{ParsedScan, VenueState};
use crate::access::ScanPermit;
use crate::redemption::{Attempt, Scan, ScanDetails, Verdict, find_venue};
use crate::token::TokenError;

/// Redeems a scan. The outer error is for the request, the inner one for a token that does not open.
pub(super) async fn scan(
    state: &VenueState,
    permit: &ScanPermit,
    scan: ParsedScan,
) -> Result<Result<Verdict, TokenError>, VenueError> {
    permit.check_device(&scan.terminal_device_id)?;
    let place = permit.place(scan.venue_code)?;
    let opened = match state.tokens.open(&scan.qr_token) {
        Ok(opened) => opened,
        Err(error) => {
            permit.failures().count()?;
            return Ok(Err(error));
        }
    };
    let venue = find_venue(&state.catalog, place).await?;
    let attempt = Attempt { claims: opened.claims, function_code: scan.function_code, venue };
    let details = ScanDetails {
        terminal_device_id: scan.terminal_device_id,
        scan_id: scan.scan_id,
        scanned_at: scan.scanned_at,
    };
    let mut verdict = state.gate.redeem(Scan::new(permit, attempt, details)).await?;
    if let Verdict::Redeemed(redeemed) = &mut verdict
        && !permit.sees_contacts()
    {
        let ticket = &mut redeemed.held.ticket;
        ticket.customer = std::mem::take(&mut ticket.customer).masked();
    }
    Ok(Ok(verdict))
}
