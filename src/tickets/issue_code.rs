//! Issues a ticket's QR code, and finds the ones that were issued.
//!
//! A new code supersedes the older one. The token's text is not stored: with key and nonce it is sealed again to the
//! same text, so the row never changes but for `superseded_at`, and its times are whole seconds.

use chrono::TimeDelta;

use super::error::TicketError;
use super::lock::{read_ticket, with_entitlements};
use super::model::IssuedCode;
use super::store::{self, CodeRow};
use crate::access::IssuePermit;
use crate::db::{DbError, Tx};
use crate::kernel::{Jti, TicketCode, Timestamp};
use crate::token::{Claims, Sealing};

/// Which code to issue.
#[derive(Clone, Debug)]
pub struct IssueCode {
    /// For which ticket.
    pub ticket_code: TicketCode,
    /// How long it is good at most; never past the ticket's own validity.
    pub lifetime: TimeDelta,
    /// What its token is sealed with.
    pub sealing: Sealing,
}

/// Issues a new code for a ticket of the permit's partner.
///
/// # Errors
/// No such ticket of this partner, one that may have no new code, or the database's.
pub fn issue_code(
    tx: &mut Tx,
    permit: &IssuePermit,
    command: IssueCode,
    now: Timestamp,
) -> Result<IssuedCode, TicketError> {
    let row = store::lock(tx, &command.ticket_code)?;
    let held = with_entitlements(tx, row.into_iter().collect())?.remove(&command.ticket_code);
    let ticket = held.ok_or(TicketError::NotFound)?.ticket;
    if ticket.partner_code != *permit.partner() {
        return Err(TicketError::NotFound);
    }
    if !ticket.status.may_have_new_code() {
        return Err(TicketError::NotActive(ticket.status));
    }
    let wanted = now.plus(command.lifetime);
    let expires_at = ticket.valid_until.map_or(wanted, |until| until.min(wanted)).whole_seconds();
    if expires_at <= now {
        return Err(TicketError::ValidityEnded);
    }
    if let Some(old) = ticket.current_jti {
        store::supersede(tx, &command.ticket_code, &old.to_string(), now)?;
    }
    let code = IssuedCode {
        claims: Claims { jti: Jti::random(), ticket_code: command.ticket_code, expires_at },
        sealing: command.sealing,
        issued_at: now.whole_seconds(),
        superseded_at: None,
    };
    store::insert_code(tx, &code)?;
    Ok(code)
}

/// The code of a ticket of the permit's partner that counts now.
///
/// # Errors
/// No such ticket of this partner, none issued yet, or the database's.
pub fn current_code(
    tx: &mut Tx,
    permit: &IssuePermit,
    ticket_code: &TicketCode,
) -> Result<IssuedCode, TicketError> {
    let held = read_ticket(tx, ticket_code)?.ok_or(TicketError::NotFound)?;
    if held.ticket.partner_code != *permit.partner() {
        return Err(TicketError::NotFound);
    }
    let not_issued = || TicketError::CodeNotIssued(ticket_code.clone());
    let jti = held.ticket.current_jti.ok_or_else(not_issued)?;
    recorded_code(tx, ticket_code, jti)?.ok_or_else(not_issued)
}

/// A code of a ticket as it was recorded when it was issued.
///
/// # Errors
/// The database's.
pub fn recorded_code(
    tx: &mut Tx,
    ticket_code: &TicketCode,
    jti: Jti,
) -> Result<Option<IssuedCode>, DbError> {
    let row = store::code(tx, ticket_code, &jti.to_string())?;
    Ok(row.and_then(|row| issued_code(ticket_code.clone(), row)))
}

/// The ticket that a code was issued for.
///
/// # Errors
/// The database's.
pub fn ticket_of_code(tx: &mut Tx, jti: Jti) -> Result<Option<TicketCode>, DbError> {
    let found = store::ticket_of_code(tx, &jti.to_string())?;
    Ok(found.and_then(|code| TicketCode::parse(&code).ok()))
}

pub(super) fn issued_code(ticket_code: TicketCode, row: CodeRow) -> Option<IssuedCode> {
    Some(IssuedCode {
        claims: Claims {
            jti: row.jti.parse().ok()?,
            ticket_code,
            expires_at: Timestamp::from_naive_utc(row.expires_at),
        },
        sealing: Sealing { key_id: row.key_id, iv: row.iv.try_into().ok()? },
        issued_at: Timestamp::from_naive_utc(row.issued_at),
        superseded_at: row.superseded_at.map(Timestamp::from_naive_utc),
    })
}
