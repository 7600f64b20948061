//! Erases personal data: name, email and phone of tickets. The customer's type, the entitlements and the ledger stay.
//!
//! Many tickets are walked through in the order of their codes: a step reads, and what it finds is erased in parts,
//! each a transaction of its own, so that nobody waits long for SQLite's one writer.

use serde_json::json;

use super::error::TicketError;
use super::store::{self, PersonRow};
use crate::access::{Actor, AdminPermit, AuditEntry, audit};
use crate::db::Tx;
use crate::jobs::{self, Lease};
use crate::kernel::{TicketCode, Timestamp};
use crate::token::hex_digest;

/// Tickets that a step reads.
const STEP: i64 = 1000;
/// Tickets that are erased in one transaction at most.
const PART: usize = 100;
/// What the audit log calls it.
const ACTION: &str = "privacy.erase";
/// What it calls that which a server erases by itself.
const RETENTION: &str = "privacy.retention";
/// Hexadecimal digits of an address's SHA-256 that stand for it in the audit log.
const DIGEST_DIGITS: usize = 16;

/// Where a walk through all tickets with personal data stands.
#[derive(Clone, Debug)]
struct Walk {
    after: String,
    is_over: bool,
}

impl Walk {
    fn new() -> Self {
        Self { after: String::new(), is_over: false }
    }

    /// The codes among the next tickets whose row is wanted, in parts.
    fn step(
        &mut self,
        tx: &mut Tx,
        is_wanted: impl Fn(&PersonRow) -> bool,
    ) -> Result<Vec<Vec<String>>, TicketError> {
        let rows = store::people_after(tx, &self.after, STEP)?;
        match rows.last() {
            Some(last) => self.after.clone_from(&last.ticket_code),
            None => self.is_over = true,
        }
        let wanted = rows.into_iter().filter(|row| is_wanted(row));
        let codes: Vec<String> = wanted.map(|row| row.ticket_code).collect();
        Ok(codes.chunks(PART).map(<[String]>::to_vec).collect())
    }
}

fn blank(tx: &mut Tx, codes: &[String]) -> Result<usize, TicketError> {
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    Ok(store::blank(tx, &codes)?)
}

fn record(
    tx: &mut Tx,
    permit: &AdminPermit,
    (subject, erased): (&str, usize),
    now: Timestamp,
) -> Result<(), TicketError> {
    let after = json!({ "tickets_erased": erased });
    let entry = AuditEntry::created(ACTION, subject, &after);
    Ok(audit(tx, permit.actor(), &entry, now)?)
}

/// Erases the personal data of one ticket; gives 1, or 0 where there was none.
///
/// # Errors
/// No such ticket, or the database's.
pub fn erase_ticket(
    tx: &mut Tx,
    permit: &AdminPermit,
    code: &TicketCode,
    now: Timestamp,
) -> Result<usize, TicketError> {
    store::lock(tx, code)?.ok_or(TicketError::NotFound)?;
    let erased = store::blank(tx, &[code.as_str()])?;
    record(tx, permit, (code.as_str(), erased), now)?;
    Ok(erased)
}

/// A walk through all tickets for those of an email address, upper and lower case being the same.
#[derive(Clone, Debug)]
pub struct EmailWalk {
    address: String,
    walk: Walk,
    has_found: bool,
}

impl EmailWalk {
    /// Begins one.
    #[must_use]
    pub fn of(address: &str) -> Self {
        Self { address: address.trim().to_lowercase(), walk: Walk::new(), has_found: false }
    }

    /// Whether every ticket was looked at.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.walk.is_over
    }

    /// The address as the audit log names it.
    fn subject(&self) -> String {
        let digest = hex_digest(self.address.as_bytes());
        format!("sha256:{}", digest.chars().take(DIGEST_DIGITS).collect::<String>())
    }
}

/// The codes of the address's tickets among the next ones, in parts to erase. A walk that found nothing ends with an
/// empty part, since that nothing was found is on record too.
///
/// # Errors
/// The database's.
pub fn find_by_email(tx: &mut Tx, walk: &mut EmailWalk) -> Result<Vec<Vec<String>>, TicketError> {
    let address = walk.address.as_str();
    let mut parts = walk.walk.step(tx, |row| {
        row.customer_email.as_ref().is_some_and(|email| email.trim().to_lowercase() == address)
    })?;
    if walk.is_over() && !walk.has_found {
        parts.push(Vec::new());
    }
    walk.has_found |= !parts.is_empty();
    Ok(parts)
}

/// Erases the personal data of a part of what a walk found; gives of how many tickets. The audit log has a line for
/// each part, with its count and not the address.
///
/// # Errors
/// The database's.
pub fn erase_found(
    tx: &mut Tx,
    permit: &AdminPermit,
    (walk, codes): (&EmailWalk, &[String]),
    now: Timestamp,
) -> Result<usize, TicketError> {
    let erased = blank(tx, codes)?;
    record(tx, permit, (&walk.subject(), erased), now)?;
    Ok(erased)
}

/// A walk through all tickets for those that were over before a moment.
#[derive(Clone, Debug)]
pub(super) struct OverWalk {
    before: Timestamp,
    walk: Walk,
}

impl OverWalk {
    pub(super) fn before(moment: Timestamp) -> Self {
        Self { before: moment, walk: Walk::new() }
    }

    pub(super) fn is_over(&self) -> bool {
        self.walk.is_over
    }
}

/// The codes of the tickets that were over among the next ones, in parts to erase.
pub(super) fn find_over(tx: &mut Tx, walk: &mut OverWalk) -> Result<Vec<Vec<String>>, TicketError> {
    let before = walk.before;
    walk.walk.step(tx, |row| Timestamp::from_naive_utc(row.over_at) < before)
}

/// Tells in the audit log of how many tickets a turn erased what was kept for so many days.
pub(super) fn record_retention(
    tx: &mut Tx,
    (days, erased): (u32, usize),
    now: Timestamp,
) -> Result<(), TicketError> {
    let after = json!({ "tickets_erased": erased });
    let subject = &days.to_string();
    let entry = AuditEntry::created(RETENTION, subject, &after);
    Ok(audit(tx, &Actor::server(), &entry, now)?)
}

/// Erases the personal data of these tickets under a lease; gives of how many.
pub(super) fn erase_under_lease(
    tx: &mut Tx,
    lease: &Lease,
    codes: &[String],
    now: Timestamp,
) -> Result<usize, TicketError> {
    jobs::renew(tx, lease, now)?;
    blank(tx, codes)
}
