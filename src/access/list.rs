//! Lists partners, API keys, terminals, operators and the audit log for those who administer. No secret is among it.

use super::error::AccessError;
use super::model::{
    AuditFilter, AuditLine, KeySummary, OperatorSummary, PartnerSummary, TerminalSummary,
};
use super::permit::AdminPermit;
use super::store::{self, AuditRow, OperatorRow};
use crate::db::Tx;
use crate::http::Page;
use crate::kernel::{PartnerCode, Timestamp, Username};

/// A page of the partners by code, and how many there are.
///
/// # Errors
/// The database's.
pub fn list_partners(
    tx: &mut Tx,
    _permit: &AdminPermit,
    page: Page,
) -> Result<(Vec<PartnerSummary>, i64), AccessError> {
    Ok(store::partners_page(tx, page)?)
}

/// A page of the API keys of a partner, or of all, and how many there are.
///
/// # Errors
/// The database's.
pub fn list_keys(
    tx: &mut Tx,
    _permit: &AdminPermit,
    partner_code: Option<&PartnerCode>,
    page: Page,
) -> Result<(Vec<KeySummary>, i64), AccessError> {
    Ok(store::api_keys_page(tx, partner_code.map(PartnerCode::as_str), page)?)
}

/// A page of the terminals by id, and how many there are.
///
/// # Errors
/// The database's.
pub fn list_terminals(
    tx: &mut Tx,
    _permit: &AdminPermit,
    page: Page,
) -> Result<(Vec<TerminalSummary>, i64), AccessError> {
    Ok(store::terminals_page(tx, page)?)
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
