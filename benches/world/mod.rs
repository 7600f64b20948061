//! What the benches work on: a key ring, tokens, forgeries of each kind, and a ticket at the gate.

#![expect(clippy::expect_used, reason = "a bench ends where what it works on cannot be made")]

use std::fmt;

use ticketgate::kernel::{FunctionCode, Jti, PartnerCode, TicketCode, Timestamp};
use ticketgate::redemption::{Attempt, TicketState, VenueFinding};
use ticketgate::tickets::{Customer, Entitlement, HeldTicket, Ticket, TicketStatus};
use ticketgate::token::{Claims, KeyRing, MAX_LIVE_KEYS, MAX_SCANNED_LENGTH, Tokens};

/// Seconds that a code is good for.
const GOOD_FOR: i64 = 86_400;

/// What may be wrong with a token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Forgery {
    /// It is longer than any.
    Length,
    /// It has the length and the parts, and one character that no token has.
    Shape,
    /// It is of another ring.
    UnknownKey,
    /// It was changed after it was sealed.
    Changed,
    /// Its signature is another token's.
    Signature,
}

impl Forgery {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Length, Self::Shape, Self::UnknownKey, Self::Changed, Self::Signature];
}

impl fmt::Display for Forgery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "wrong length",
            Self::Shape => "bad shape",
            Self::UnknownKey => "unknown key",
            Self::Changed => "changed",
            Self::Signature => "only signature wrong",
        })
    }
}

/// See the module.
pub(crate) struct World {
    pub(crate) tokens: Tokens,
    pub(crate) now: Timestamp,
}

impl World {
    /// With one key.
    pub(crate) fn new() -> Self {
        let now = now();
        let ring = KeyRing::generate(now).expect("a ring");
        Self { tokens: Tokens::new(ring, 65_536), now }
    }

    /// With as many keys as may live; the last one seals.
    pub(crate) fn with_four_keys() -> Self {
        let now = now();
        let mut ring = KeyRing::generate(now).expect("a ring");
        for _ in 1..MAX_LIVE_KEYS {
            let key = ring.add(now).expect("room for a key");
            ring.promote(&key).expect("a key that lives");
        }
        Self { tokens: Tokens::new(ring, 65_536), now }
    }

    /// What a new token says.
    pub(crate) fn claims(&self) -> Claims {
        Claims {
            jti: Jti::random(),
            ticket_code: TicketCode::parse("OTA-CP-20261121-000001").expect("a ticket's code"),
            expires_at: Timestamp::from_unix_seconds(self.now.unix_seconds() + GOOD_FOR),
        }
    }

    /// A new token.
    pub(crate) fn token(&self) -> String {
        let sealing = self.tokens.next_seal().expect("a current key");
        self.tokens.seal(&self.claims(), &sealing).expect("a live key")
    }

    /// A token that does not open.
    pub(crate) fn forge(&self, forgery: Forgery) -> String {
        let token = self.token();
        match forgery {
            Forgery::Length => "0".repeat(MAX_SCANNED_LENGTH + 1),
            Forgery::Shape => {
                let mut misspelt = token;
                misspelt.pop();
                misspelt.push('Z');
                misspelt
            }
            Forgery::UnknownKey => Self::new().token(),
            Forgery::Changed => changed(&token),
            Forgery::Signature => {
                let (signed, _) = token.rsplit_once(':').expect("four parts");
                let other = self.token();
                let (_, signature) = other.rsplit_once(':').expect("four parts");
                format!("{signed}:{signature}")
            }
        }
    }

    /// A ticket and a scan that redeems it.
    pub(crate) fn at_the_gate(&self) -> (TicketState, Attempt) {
        let claims = self.claims();
        let ticket = Ticket {
            ticket_code: claims.ticket_code.clone(),
            partner_code: PartnerCode::parse("acme").expect("a partner's code"),
            batch_id: "BATCH-1".to_owned(),
            product_id: 106,
            status: TicketStatus::Active,
            customer: Customer::default(),
            valid_from: None,
            valid_until: None,
            order_id: None,
            current_jti: Some(claims.jti),
            event_seq: 1,
            created_at: self.now,
        };
        let entitlements = ["ferry", "gift", "tokens"].map(entitlement).into();
        let held = HeldTicket { ticket, entitlements };
        let attempt =
            Attempt { claims, function_code: function("tokens"), venue: VenueFinding::NotGiven };
        (TicketState { held, redeemed: Vec::new() }, attempt)
    }
}

/// The same token with one character of its encrypted part changed.
fn changed(token: &str) -> String {
    let other = |(place, letter): (usize, char)| match (place, letter) {
        (40, 'A') => 'B',
        (40, _) => 'A',
        _ => letter,
    };
    token.chars().enumerate().map(other).collect()
}

fn function(code: &str) -> FunctionCode {
    FunctionCode::parse(code).expect("a function's code")
}

fn entitlement(code: &str) -> Entitlement {
    Entitlement {
        function_code: function(code),
        function_name: code.to_owned(),
        remaining_uses: 1,
        total_uses: 1,
    }
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T02:00:00.000Z").expect("a time")
}
