//! Sets a terminal up at a venue that redeems its functions: with a code to pair it, or with its key at once; and
//! moves it.

use super::error::AdminError;
use crate::access::{
    self, AdminPermit, NewTerminal, PairingOffer, TerminalChange, TerminalKey, TerminalSummary,
};
use crate::catalog::{CatalogError, load_catalog};
use crate::db::Tx;
use crate::kernel::{FunctionCode, Timestamp, VenueCode};

/// Makes a terminal without a key, and a code that its device exchanges for one.
///
/// # Errors
/// The id is taken, there is no such venue or it does not redeem the functions, or the database's.
pub fn set_up_terminal(
    tx: &mut Tx,
    permit: &AdminPermit,
    terminal: NewTerminal,
    now: Timestamp,
) -> Result<(TerminalSummary, PairingOffer), AdminError> {
    check_venue(tx, &terminal.venue_code, terminal.functions.as_deref())?;
    let made = access::create_unpaired_terminal(tx, permit, terminal, now)?;
    let offer = access::offer_pairing(tx, permit, &made.terminal_device_id, now)?;
    Ok((made, offer))
}

/// Makes a terminal with its key.
///
/// # Errors
/// The id is taken, there is no such venue or it does not redeem the functions, or the database's.
pub fn set_up_keyed_terminal(
    tx: &mut Tx,
    permit: &AdminPermit,
    terminal: NewTerminal,
    now: Timestamp,
) -> Result<TerminalKey, AdminError> {
    check_venue(tx, &terminal.venue_code, terminal.functions.as_deref())?;
    Ok(access::create_terminal(tx, permit, terminal, now)?)
}

/// Changes where a terminal stands and what it may redeem.
///
/// # Errors
/// There is no such terminal or venue, the venue does not redeem the functions, or the database's.
pub fn move_terminal(
    tx: &mut Tx,
    permit: &AdminPermit,
    terminal_device_id: &str,
    change: TerminalChange,
    now: Timestamp,
) -> Result<TerminalSummary, AdminError> {
    let before = access::find_terminal(tx, permit, terminal_device_id)?;
    let venue_code = change.venue_code.as_ref().unwrap_or(&before.venue_code);
    let functions = change.functions.clone().apply(before.functions);
    check_venue(tx, venue_code, functions.as_deref())?;
    Ok(access::change_terminal(tx, permit, terminal_device_id, change, now)?)
}

/// Sees to it that there is such a venue, and that it redeems these functions.
fn check_venue(
    tx: &mut Tx,
    venue_code: &VenueCode,
    functions: Option<&[FunctionCode]>,
) -> Result<(), AdminError> {
    let venue = load_catalog(tx)?.venues.remove(venue_code);
    let venue = venue.ok_or_else(|| CatalogError::VenueNotFound(venue_code.to_string()))?;
    match functions.unwrap_or_default().iter().find(|function| !venue.supports(function)) {
        None => Ok(()),
        Some(function_code) => Err(AdminError::FunctionNotAtVenue {
            venue_code: venue_code.clone(),
            function_code: function_code.clone(),
        }),
    }
}
