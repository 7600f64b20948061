//! Terminals as those who administer see and set them up.

use serde::Serialize;

use super::pairing_code::PairingCode;
use crate::http::Patched;
use crate::kernel::{FunctionCode, Timestamp, VenueCode};

/// Characters of a device's id at most.
pub const MAX_DEVICE: usize = 100;

/// Which terminal to make. That its venue exists and redeems its functions is for the caller to see.
#[derive(Clone, Debug)]
pub struct NewTerminal {
    /// The device's id, as its scans will name it.
    pub terminal_device_id: String,
    /// Where it stands.
    pub venue_code: VenueCode,
    /// What it may redeem; none given means all that its venue redeems.
    pub functions: Option<Vec<FunctionCode>>,
}

/// What to change of a terminal; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerminalChange {
    /// Where it stands.
    pub venue_code: Option<VenueCode>,
    /// What it may redeem; cleared means all that its venue redeems.
    pub functions: Patched<Vec<FunctionCode>>,
}

/// A terminal as those who administer see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TerminalSummary {
    /// The device.
    pub terminal_device_id: String,
    /// Where it stands.
    pub venue_code: VenueCode,
    /// What it may redeem; null means all that its venue redeems.
    pub functions: Option<Vec<FunctionCode>>,
    /// Whether it is not revoked.
    pub is_active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it got its key; null before its first pairing.
    pub paired_at: Option<Timestamp>,
    /// When its key was last used.
    pub last_seen_at: Option<Timestamp>,
    /// When its key was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A terminal's new key, shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TerminalKey {
    /// The device.
    pub terminal_device_id: String,
    /// Where it stands.
    pub venue_code: VenueCode,
    /// What it may redeem; null means all that its venue redeems.
    pub functions: Option<Vec<FunctionCode>>,
    /// The text for its `X-Terminal-Key` header.
    pub terminal_key: String,
}

/// A new pairing code, shown this once.
#[derive(Clone, Debug)]
pub struct PairingOffer {
    /// The text that the device sends.
    pub pairing_code: PairingCode,
    /// Until when.
    pub expires_at: Timestamp,
}
