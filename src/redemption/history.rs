//! Reads the ledger.

use super::error::RedemptionError;
use super::model::{EventResult, RedemptionEvent};
use super::store;
use crate::access::{ReportPermit, Viewer};
use crate::db::Tx;
use crate::http::Page;
use crate::kernel::{Jti, PartnerCode, TicketCode, Timestamp};
use crate::tickets;

/// Which events are wanted. What is not given does not matter.
#[derive(Clone, Debug, Default)]
pub struct HistoryFilter {
    /// Of tickets of this partner.
    pub partner_code: Option<PartnerCode>,
    /// With this QR code.
    pub jti: Option<Jti>,
    /// Of this ticket.
    pub ticket_code: Option<TicketCode>,
    /// At this venue.
    pub venue_code: Option<String>,
    /// Of this function.
    pub function_code: Option<String>,
    /// With this device.
    pub terminal_device_id: Option<String>,
    /// Of this kind.
    pub result: Option<EventResult>,
    /// For this reason.
    pub reason: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
}

/// A page of the events that the permit's viewer may see, newest first, and how many there are in all.
///
/// # Errors
/// The database's.
pub fn history(
    tx: &mut Tx,
    permit: &ReportPermit,
    filter: HistoryFilter,
    page: Page,
) -> Result<(Vec<RedemptionEvent>, i64), RedemptionError> {
    let mut filter = filter;
    if let Viewer::Partner(own) = permit.viewer() {
        filter.partner_code = Some(own.clone());
    }
    if let Some(jti) = filter.jti {
        // A QR code belongs to one ticket, and the ledger is kept by ticket.
        let Some(ticket) = tickets::ticket_of_code(tx, jti)? else { return Ok((Vec::new(), 0)) };
        if filter.ticket_code.get_or_insert_with(|| ticket.clone()) != &ticket {
            return Ok((Vec::new(), 0));
        }
    }
    Ok(store::page(tx, &filter, page)?)
}
