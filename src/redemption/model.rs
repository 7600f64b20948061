//! Scans, verdicts and the events of the ledger.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::access::ScanPermit;
use crate::catalog::Venue;
use crate::kernel::{FunctionCode, Jti, PartnerCode, TicketCode, Timestamp, VenueCode};
use crate::tickets::HeldTicket;
use crate::token::Claims;

macro_rules! reasons {
    ($($variant:ident = $code:literal, $message:literal;)+) => {
        /// Why a scan is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason {
            $(#[doc = $message] $variant,)+
        }

        impl Reason {
            /// All of them, in the order in which they are checked.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The text for the operator.
            #[must_use]
            pub fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)+ }
            }
        }
    };
}

reasons! {
    TicketNotFound = "TICKET_NOT_FOUND", "there is no such ticket";
    VenueNotFound = "VENUE_NOT_FOUND", "there is no such venue, or it is closed";
    WrongVenueFunction = "WRONG_VENUE_FUNCTION", "this venue or terminal does not redeem this function";
    WrongFunction = "WRONG_FUNCTION", "the ticket does not include this function";
    AlreadyRedeemed = "ALREADY_REDEEMED", "this QR code has been used for this function already";
    QrSuperseded = "QR_SUPERSEDED", "a newer QR code has taken the place of this one";
    QrExpired = "QR_EXPIRED", "this QR code has expired; the ticket may have a newer one";
    TicketNotActivated = "TICKET_NOT_ACTIVATED", "the ticket has not been activated yet";
    TicketCancelled = "TICKET_CANCELLED", "the ticket has been cancelled";
    TicketExpired = "TICKET_EXPIRED", "the ticket's validity has ended";
    TicketNotYetValid = "TICKET_NOT_YET_VALID", "the ticket's validity has not begun yet";
    TicketRefundLocked = "TICKET_REFUND_LOCKED", "the ticket is held while a refund is decided";
    NoRemaining = "NO_REMAINING", "no use of this function remains on the ticket";
}

impl Reason {
    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What is known of the venue of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VenueFinding {
    /// None was named, so none is checked.
    NotGiven,
    /// There is none of this code.
    Unknown(VenueCode),
    /// It is this one.
    Known {
        /// The venue.
        venue: Arc<Venue>,
        /// What the terminal there may redeem; none given means all that the venue redeems.
        functions: Option<Vec<FunctionCode>>,
    },
}

impl VenueFinding {
    /// The code that was named.
    #[must_use]
    pub fn code(&self) -> Option<&VenueCode> {
        match self {
            Self::NotGiven => None,
            Self::Unknown(code) => Some(code),
            Self::Known { venue, .. } => Some(&venue.venue_code),
        }
    }
}

/// What is to be redeemed, and where.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What the opened token says.
    pub claims: Claims,
    /// Which function.
    pub function_code: FunctionCode,
    /// At which venue.
    pub venue: VenueFinding,
}

/// What a scan carries beside the attempt.
#[derive(Clone, Debug, Default)]
pub struct ScanDetails {
    /// The device.
    pub terminal_device_id: String,
    /// The terminal's own name for this scan.
    pub scan_id: Option<String>,
    /// When it was, by the device's clock.
    pub scanned_at: Option<Timestamp>,
}

/// A scan that somebody may do.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What is to be redeemed.
    pub attempt: Attempt,
    /// What goes with it.
    pub details: ScanDetails,
    principal: String,
    operator: Option<String>,
}

impl Scan {
    /// A scan by whoever holds the permit.
    #[must_use]
    pub fn new(permit: &ScanPermit, attempt: Attempt, details: ScanDetails) -> Self {
        Self {
            attempt,
            details,
            principal: permit.principal().to_owned(),
            operator: permit.operator().map(str::to_owned),
        }
    }

    /// The operator, if one is logged in.
    #[must_use]
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// Who scans, as the ledger names it.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The ticket that it is about.
    #[must_use]
    pub fn ticket_code(&self) -> &TicketCode {
        &self.attempt.claims.ticket_code
    }
}

/// What kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventResult {
    /// A use was taken.
    Success,
    /// A scan was refused.
    Reject,
    /// A success was undone.
    Reversal,
}

impl EventResult {
    /// Its name, in the database and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Reject => "reject",
            Self::Reversal => "reversal",
        }
    }

    /// The result with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Success, Self::Reject, Self::Reversal].into_iter().find(|one| one.name() == name)
    }
}

/// A row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RedemptionEvent {
    /// Its id; sorts by time.
    pub redemption_id: String,
    /// The ticket.
    pub ticket_code: TicketCode,
    /// Its number among the ticket's events, counted from 1.
    pub ticket_seq: i64,
    /// The ticket's partner.
    pub partner_id: PartnerCode,
    /// The function.
    pub function_code: FunctionCode,
    /// The QR code.
    pub jti: Jti,
    /// What kind of event.
    pub result: EventResult,
    /// The reason of a refusal, or of an undoing.
    pub reason: Option<String>,
    /// Where.
    pub venue_code: Option<String>,
    /// The device.
    pub terminal_device_id: Option<String>,
    /// Who, by their credentials.
    pub principal: String,
    /// The operator, where one was logged in.
    pub operator: Option<String>,
    /// The terminal's own name for the scan.
    pub scan_id: Option<String>,
    /// Whether it was decided without the server.
    pub offline: bool,
    /// When, by the device's clock.
    pub scanned_at: Option<Timestamp>,
    /// When, by the server's clock.
    pub redeemed_at: Timestamp,
    /// Uses of the function left behind it; none for a refusal of a function that the ticket has not.
    pub remaining_uses_after: Option<i64>,
    /// When it was undone.
    pub reversed_at: Option<Timestamp>,
    /// The redemption that it undid.
    pub reverses: Option<String>,
}

/// The redemption that a second scan came too late for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FirstRedemption {
    /// When.
    pub redeemed_at: Timestamp,
    /// Where.
    pub venue_code: Option<String>,
    /// With which device.
    pub terminal_device_id: Option<String>,
}

impl From<&RedemptionEvent> for FirstRedemption {
    fn from(event: &RedemptionEvent) -> Self {
        Self {
            redeemed_at: event.redeemed_at,
            venue_code: event.venue_code.clone(),
            terminal_device_id: event.terminal_device_id.clone(),
        }
    }
}

/// A use was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemed {
    /// The row of the ledger.
    pub event: RedemptionEvent,
    /// The ticket behind it.
    pub held: HeldTicket,
    /// Whether this is the answer of an earlier scan of the same id.
    pub is_replay: bool,
}

/// No use was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// The ticket; none where there is none.
    pub ticket_code: Option<TicketCode>,
    /// For `ALREADY_REDEEMED`: by which redemption.
    pub first_redemption: Option<FirstRedemption>,
    /// Whether this is the answer of an earlier scan of the same id.
    pub is_replay: bool,
}

/// What a scan is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Let them in.
    Redeemed(Box<Redeemed>),
    /// Do not.
    Refused(Refused),
    /// The scan's id belongs to another scan of this ticket.
    ScanIdReused,
}

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
