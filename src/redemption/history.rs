//! Reads the ledger.

use super::error::RedemptionError;
use super::model::{EventResult, HistoryFilter, RedemptionEvent};
use super::store;
use crate::access::{ReportPermit, Viewer};
use crate::db::Tx;
use crate::http::Page;
use crate::tickets;

/// A page of the events that the permit's viewer may see, newest first, and how many there are in all. A partner does
/// not see who works at a venue, nor what they write about an undoing.
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
        // A QR code belongs to one ticket, by whose code its events are found.
        let Some(ticket) = tickets::ticket_of_code(tx, jti)? else { return Ok((Vec::new(), 0)) };
        if filter.ticket_code.get_or_insert_with(|| ticket.clone()) != &ticket {
            return Ok((Vec::new(), 0));
        }
    }
    let (mut events, total) = store::page(tx, &filter, page)?;
    if matches!(permit.viewer(), Viewer::Partner(_)) {
        events.iter_mut().for_each(hide_staff);
    }
    Ok((events, total))
}

fn hide_staff(event: &mut RedemptionEvent) {
    if event.operator.take().is_some() && event.principal.starts_with("operator:") {
        "operator".clone_into(&mut event.principal);
    }
    if event.result == EventResult::Reversal {
        event.reason = None;
    }
}
