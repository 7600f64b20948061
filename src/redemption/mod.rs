//! The ledger: decides each scan, redeems exactly once, undoes, and tells what happened.
//!
//! Comes in: scans with opened tokens, through the [`Gate`], and looks, through the [`Lookout`]. Goes out: verdicts, each
//! behind one row of the ledger, and what was seen.

mod decide;
mod error;
mod find_venue;
mod gate;
mod history;
mod look;
mod lookout;
mod model;
mod redeem;
mod replay;
mod reverse;
mod store;

pub use decide::{Outcome, TicketState, decide};
pub use error::RedemptionError;
pub use find_venue::find_venue;
pub use gate::Gate;
pub use history::history;
pub use look::{Look, look};
pub use lookout::Lookout;
pub use model::{
    Attempt, EventResult, FirstRedemption, HistoryFilter, Reason, Redeemed, RedemptionEvent,
    Refused, Scan, ScanDetails, VenueFinding, Verdict,
};
pub use redeem::{redeem, redeem_deciding};
pub use reverse::{Reversal, ReverseCommand, reverse};
