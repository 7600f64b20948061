//! One scan, from its text to its verdict: open the token, find the venue, go through the gate.

use super::error::VenueError;
use super::model::{ParsedScan, VenueState};
use crate::access::ScanPermit;
use crate::kernel::VenueCode;
use crate::redemption::{Attempt, Scan, ScanDetails, VenueFinding, Verdict};
use crate::token::TokenError;

/// Redeems a scan. The outer error is for the request, the inner one for a token that does not open.
pub(super) async fn scan(
    state: &VenueState,
    permit: &ScanPermit,
    scan: ParsedScan,
) -> Result<Result<Verdict, TokenError>, VenueError> {
    let venue_code = venue_code(permit, &scan)?;
    let opened = match state.tokens.open(&scan.qr_token) {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error)),
    };
    let venue = match venue_code {
        None => VenueFinding::NotGiven,
        Some(code) => match state.catalog.venue(&code).await? {
            Some(venue) => VenueFinding::Known(venue),
            None => VenueFinding::Unknown(code),
        },
    };
    let attempt = Attempt { claims: opened.claims, function_code: scan.function_code, venue };
    let details = ScanDetails {
        terminal_device_id: scan.terminal_device_id,
        scan_id: scan.scan_id,
        scanned_at: scan.scanned_at,
    };
    Ok(Ok(state.gate.redeem(Scan::new(permit, attempt, details)).await?))
}

/// The terminal's venue, or else the one that the body names. A terminal speaks for itself and its venue only.
fn venue_code(permit: &ScanPermit, scan: &ParsedScan) -> Result<Option<VenueCode>, VenueError> {
    let Some((device, own)) = permit.terminal() else { return Ok(scan.venue_code.clone()) };
    if scan.terminal_device_id != device {
        return Err(VenueError::TerminalDevice(device.to_owned()));
    }
    match &scan.venue_code {
        Some(named) if named != own => {
            Err(VenueError::TerminalVenue { own: own.clone(), named: named.clone() })
        }
        _ => Ok(Some(own.clone())),
    }
}
