//! Tickets, entitlements and QR codes as the rest of the program sees them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalog::Product;
use crate::kernel::{FunctionCode, Jti, PartnerCode, TicketCode, Timestamp};
use crate::token::{Claims, Sealing};

/// Where a ticket is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TicketStatus {
    /// Made for a reseller, not sold yet.
    PreGenerated,
    /// Sold, and good.
    Active,
    /// Nothing remains on it.
    Used,
    /// Taken back.
    Cancelled,
    /// Over.
    Expired,
    /// Held while a refund is decided.
    RefundLocked,
}

impl TicketStatus {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::PreGenerated,
        Self::Active,
        Self::Used,
        Self::Cancelled,
        Self::Expired,
        Self::RefundLocked,
    ];

    /// Its name, in the database and in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PreGenerated => "PRE_GENERATED",
            Self::Active => "ACTIVE",
            Self::Used => "USED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
            Self::RefundLocked => "REFUND_LOCKED",
        }
    }

    /// Whether a ticket in this status may have a new QR code.
    #[must_use]
    pub fn may_have_new_code(self) -> bool {
        matches!(self, Self::PreGenerated | Self::Active)
    }

    /// Whether the code of a ticket in this status may be redeemed: now, once it is activated or its refund refused, or
    /// again, once a redemption is undone.
    #[must_use]
    pub fn may_need_its_code(self) -> bool {
        matches!(self, Self::PreGenerated | Self::Active | Self::RefundLocked | Self::Used)
    }
}

impl fmt::Display for TicketStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for TicketStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == text)
            .ok_or_else(|| format!("must be one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// Who a ticket is for; each part may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Customer {
    /// Such as `adult`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// In any script.
    pub name: Option<String>,
    /// As the partner gave it.
    pub email: Option<String>,
    /// As the partner gave it.
    pub phone: Option<String>,
}

/// What stands for the part of a contact that is not shown.
const MASK: &str = "***";
/// Digits of a phone number from which on its last ones are shown.
const LONG_NUMBER: usize = 8;
/// How many of those.
const LAST_DIGITS: usize = 4;

impl Customer {
    /// The customer for somebody who need not reach them: the contacts with nothing left but what tells them apart.
    #[must_use]
    pub fn masked(self) -> Self {
        Self {
            email: self.email.map(|email| masked_email(&email)),
            phone: self.phone.map(|phone| masked_phone(&phone)),
            ..self
        }
    }
}

/// The first character and the domain.
fn masked_email(email: &str) -> String {
    let is_domain = |text: &str| {
        let fits = |one: char| one.is_alphanumeric() || matches!(one, '.' | '-');
        text.contains('.') && text.chars().all(fits)
    };
    match email.trim().rsplit_once('@') {
        Some((local, domain)) if is_domain(domain) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}{MASK}@{domain}")
        }
        Some(_) | None => MASK.to_owned(),
    }
}

/// The last digits of a number that has more than those.
fn masked_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < LONG_NUMBER {
        return MASK.to_owned();
    }
    let last: String = digits.iter().skip(digits.len() - LAST_DIGITS).collect();
    format!("{MASK}{last}")
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its public code.
    pub ticket_code: TicketCode,
    /// Whose it is.
    pub partner_code: PartnerCode,
    /// The batch that it was made in.
    pub batch_id: String,
    /// What was sold.
    pub product_id: i64,
    /// Where it is in its life.
    pub status: TicketStatus,
    /// Who it is for.
    pub customer: Customer,
    /// Not good before.
    pub valid_from: Option<Timestamp>,
    /// Not good after.
    pub valid_until: Option<Timestamp>,
    /// The order that it belongs to.
    pub order_id: Option<String>,
    /// The QR code that counts.
    pub current_jti: Option<Jti>,
    /// The number of its latest event; under a numbering lock, the one to use now.
    pub event_seq: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a ticket entitles to, and how much of it is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Entitlement {
    /// Such as `ferry`.
    pub function_code: FunctionCode,
    /// For people.
    pub function_name: String,
    /// Uses left.
    pub remaining_uses: i64,
    /// Uses in all.
    pub total_uses: i64,
}

/// A ticket with what it entitles to, in the product's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldTicket {
    /// The ticket.
    pub ticket: Ticket,
    /// What it entitles to.
    pub entitlements: Vec<Entitlement>,
}

impl HeldTicket {
    /// The entitlement to a function.
    #[must_use]
    pub fn entitlement(&self, function_code: &FunctionCode) -> Option<&Entitlement> {
        self.entitlements.iter().find(|entitlement| entitlement.function_code == *function_code)
    }
}

/// A QR code that was issued: with this its token is sealed again to the same text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCode {
    /// What its token says.
    pub claims: Claims,
    /// What its token is sealed with.
    pub sealing: Sealing,
    /// When it was issued, in whole seconds.
    pub issued_at: Timestamp,
    /// When a newer one took its place.
    pub superseded_at: Option<Timestamp>,
}

/// Which tickets are wanted.
#[derive(Clone, Debug, Default)]
pub struct TicketFilter {
    /// Of this batch.
    pub batch_id: Option<String>,
    /// In this status.
    pub status: Option<TicketStatus>,
    /// Of this product.
    pub product_id: Option<i64>,
}

/// What all tickets of a mint have in common.
#[derive(Clone, Debug)]
pub struct Mint {
    /// The batch that they belong to.
    pub batch_id: String,
    /// What is sold.
    pub product: Arc<Product>,
    /// What they begin as.
    pub status: TicketStatus,
    /// Who they are for.
    pub customer: Customer,
    /// Not good before.
    pub valid_from: Option<Timestamp>,
    /// Not good after.
    pub valid_until: Option<Timestamp>,
}

/// A run of codes: `{code_prefix}-{number}`, counted from the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRun {
    /// `OTA-{product}-{day}`
    pub code_prefix: String,
    /// The first number.
    pub first_sequence: i64,
    /// How many.
    pub quantity: i64,
}

impl CodeRun {
    /// All codes of this run.
    pub fn all(&self) -> impl Iterator<Item = TicketCode> {
        (0..self.quantity).filter_map(|number| self.code(number))
    }

    /// The `number`th code of this run, counted from 0.
    #[must_use]
    pub fn code(&self, number: i64) -> Option<TicketCode> {
        let code = self.part(number, 1).next()?;
        TicketCode::parse(&code).ok()
    }

    /// Codes of this run, from its `from`th one (counted from 0) on.
    pub(super) fn part(&self, from: i64, count: i64) -> impl Iterator<Item = String> {
        let first = self.first_sequence + from;
        let numbers = first..first + count.min(self.quantity - from);
        numbers.map(|number| format!("{}-{number:06}", self.code_prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_email_has_its_first_character_and_its_domain() {
        let cases = [
            ("zhang.ting@example.com", "z***@example.com"),
            ("z@example.com", "z***@example.com"),
            ("張三@例え.jp", "張***@例え.jp"),
            ("\"a@b\"@mail.example.org", "\"***@mail.example.org"),
            ("@example.com", "***@example.com"),
            (" zt@example.com ", "z***@example.com"),
            ("zhang.ting", "***"),
            ("zt@localhost", "***"),
            ("zt@call me: 91234567", "***"),
            ("", "***"),
        ];
        for (email, masked) in cases {
            assert_eq!(masked_email(email), masked, "{email}");
        }
    }

    #[test]
    fn a_masked_phone_number_has_its_last_four_digits_if_it_is_long_enough() {
        let cases = [
            ("+852 9123 4567", "***4567"),
            ("91234567", "***4567"),
            ("9123-456", "***"),
            ("4567", "***"),
            ("ask for Lo", "***"),
            ("", "***"),
        ];
        for (phone, masked) in cases {
            assert_eq!(masked_phone(phone), masked, "{phone}");
        }
    }

    #[test]
    fn a_masked_customer_keeps_type_and_name_and_gets_no_contact_that_was_not_there() {
        let text = |text: &str| Some(text.to_owned());
        let named = Customer { kind: text("adult"), name: text("張三"), ..Customer::default() };
        assert_eq!(named.clone().masked(), named);
        let reachable =
            Customer { email: text("zt@example.com"), phone: text("91234567"), ..named.clone() };
        let masked = Customer { email: text("z***@example.com"), phone: text("***4567"), ..named };
        assert_eq!(reachable.masked(), masked);
    }
}
