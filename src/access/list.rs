//! Lists partners, terminals, operators and the audit log for those who administer. No secret is among it.

use serde::Serialize;

use super::error::AccessError;
use super::model::{AuditFilter, AuditLine, OperatorSummary};
use super::permit::AdminPermit;
use super::store::{self, AuditRow, OperatorRow};
use crate::db::Tx;
use crate::http::Page;
use crate::kernel::{Timestamp, Username};

/// A partner's key in a list.
#[derive(Clone, Debug, Serialize)]
pub struct PartnerSummary {
    /// The partner.
    pub partner_code: String,
    /// The part of its key that is not secret; none where it has no key.
    pub key_prefix: Option<String>,
    /// What the key is allowed.
    pub permissions: Vec<String>,
    /// When the partner was made.
    pub created_at: Timestamp,
}

/// A terminal in a list.
#[derive(Clone, Debug, Serialize)]
pub struct TerminalSummary {
    /// The device.
    pub terminal_device_id: String,
    /// Where it stands.
    pub venue_code: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its key was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Partners by code, a row for each of their keys.
///
/// # Errors
/// The database's.
pub fn list_partners(
    tx: &mut Tx,
    _permit: &AdminPermit,
) -> Result<Vec<PartnerSummary>, AccessError> {
    let names = |text: String| text.split(',').map(str::to_owned).collect();
    let rows = store::partners(tx)?.into_iter();
    Ok(rows
        .map(|(partner_code, created_at, key_prefix, permissions)| PartnerSummary {
            partner_code,
            key_prefix,
            permissions: permissions.map(names).unwrap_or_default(),
            created_at: Timestamp::from_naive_utc(created_at),
        })
        .collect())
}

/// Terminals by id.
///
/// # Errors
/// The database's.
pub fn list_terminals(
    tx: &mut Tx,
    _permit: &AdminPermit,
) -> Result<Vec<TerminalSummary>, AccessError> {
    let rows = store::terminals(tx)?.into_iter();
    Ok(rows
        .map(|(terminal_device_id, venue_code, created_at, revoked_at)| TerminalSummary {
            terminal_device_id,
            venue_code,
            created_at: Timestamp::from_naive_utc(created_at),
            revoked_at: revoked_at.map(Timestamp::from_naive_utc),
        })
        .collect())
}

/// A page of the operators by name, and how many there are.
///
/// # Errors
/// The database's.
pub fn list_operators(
    tx: &mut Tx,
    _permit: &AdminPermit,
    page: Page,
) -> Result<(Vec<OperatorSummary>, i64), AccessError> {
    let (rows, total) = store::operators_page(tx, page)?;
    Ok((rows.iter().filter_map(operator_summary).collect(), total))
}

/// Whether somebody has this name.
///
/// # Errors
/// The database's.
pub fn operator_exists(
    tx: &mut Tx,
    _permit: &AdminPermit,
    username: &Username,
) -> Result<bool, AccessError> {
    Ok(store::operator(tx, username.as_str())?.is_some())
}

/// None where the role is none that this program knows.
pub(super) fn operator_summary(row: &OperatorRow) -> Option<OperatorSummary> {
    Some(OperatorSummary {
        username: row.username.clone(),
        display_name: row.display_name.clone(),
        role: row.role.parse().ok()?,
        is_active: row.disabled_at.is_none(),
        created_at: Timestamp::from_naive_utc(row.created_at),
    })
}

/// A page of the audit log, newest first, and how many lines the filter lets through in all.
///
/// # Errors
/// The database's.
pub fn list_audit(
    tx: &mut Tx,
    _permit: &AdminPermit,
    filter: &AuditFilter,
    page: Page,
) -> Result<(Vec<AuditLine>, i64), AccessError> {
    let (rows, total) = store::audit_page(tx, filter, page)?;
    Ok((rows.into_iter().map(audit_line).collect(), total))
}

fn audit_line(row: AuditRow) -> AuditLine {
    let json = |text: Option<String>| {
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    };
    AuditLine {
        audit_id: row.id,
        at: Timestamp::from_naive_utc(row.created_at),
        principal: row.principal,
        action: row.action,
        subject: row.subject,
        request_id: row.request_id,
        before: json(row.before_json),
        after: json(row.after_json),
    }
}
