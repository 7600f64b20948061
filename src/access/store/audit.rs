//! Queries on the audit log.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::access::model::AuditFilter;
use crate::db::schema::audit_log;
use crate::db::{DbError, Tx};
use crate::http::Page;
use crate::kernel::Timestamp;

/// A line of the audit log.
#[derive(Debug)]
pub(in crate::access) struct NewAuditRow<'a> {
    pub(in crate::access) id: &'a str,
    pub(in crate::access) principal: &'a str,
    pub(in crate::access) action: &'a str,
    pub(in crate::access) subject: &'a str,
    pub(in crate::access) request_id: &'a str,
    pub(in crate::access) before_json: Option<String>,
    pub(in crate::access) after_json: Option<String>,
}

pub(in crate::access) fn insert_audit(
    tx: &mut Tx,
    row: &NewAuditRow<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(row.id),
            audit_log::principal.eq(row.principal),
            audit_log::action.eq(row.action),
            audit_log::subject.eq(row.subject),
            audit_log::request_id.eq(row.request_id),
            audit_log::before_json.eq(&row.before_json),
            audit_log::after_json.eq(&row.after_json),
            audit_log::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// A line of the audit log as it is stored.
#[derive(Debug, Queryable)]
pub(in crate::access) struct AuditRow {
    pub(in crate::access) id: String,
    pub(in crate::access) principal: String,
    pub(in crate::access) action: String,
    pub(in crate::access) subject: String,
    pub(in crate::access) request_id: String,
    pub(in crate::access) before_json: Option<String>,
    pub(in crate::access) after_json: Option<String>,
    pub(in crate::access) created_at: NaiveDateTime,
}

/// A page of the lines that a filter lets through, newest first, and how many there are.
pub(in crate::access) fn audit_page(
    tx: &mut Tx,
    filter: &AuditFilter,
    page: Page,
) -> Result<(Vec<AuditRow>, i64), DbError> {
    let chosen = || {
        let mut query = audit_log::table.into_boxed();
        if let Some(principal) = &filter.principal {
            query = query.filter(audit_log::principal.eq(principal));
        }
        if let Some(action) = &filter.action {
            query = query.filter(audit_log::action.eq(action));
        }
        if let Some(subject) = &filter.subject {
            query = query.filter(audit_log::subject.eq(subject));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit_log::created_at.ge(from.naive_utc()));
        }
        if let Some(to) = filter.to {
            query = query.filter(audit_log::created_at.le(to.naive_utc()));
        }
        query
    };
    let total = chosen().count().get_result(tx.connection())?;
    let rows = chosen()
        .order(audit_log::id.desc())
        .limit(page.limit)
        .offset(page.offset())
        .select((
            audit_log::id,
            audit_log::principal,
            audit_log::action,
            audit_log::subject,
            audit_log::request_id,
            audit_log::before_json,
            audit_log::after_json,
            audit_log::created_at,
        ))
        .load(tx.connection())?;
    Ok((rows, total))
}
