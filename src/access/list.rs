//! Lists partners, terminals and the audit log for those who administer. No secret is among it.

use serde::Serialize;

use super::error::AccessError;
use super::model::{AuditFilter, AuditLine, TerminalSummary};
use super::permit::AdminPermit;
use super::store::{self, AuditRow};
use crate::db::Tx;
use crate::http::Page;
use crate::kernel::Timestamp;

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
