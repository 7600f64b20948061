//! Reads and changes a partner's own limits, which come before the settings. They go with each of its keys, so that a
//! change is in force on every server within a second.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::audit::{AuditEntry, audit};
use super::error::AccessError;
use super::model::{Class, Limit, Limits};
use super::permit::AdminPermit;
use super::store;
use crate::db::Tx;
use crate::kernel::{PartnerCode, Timestamp};

/// What to change: a limit of its own, or none any more.
pub type LimitChanges = BTreeMap<Class, Option<Limit>>;

/// A partner's own limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PartnerLimits {
    /// The partner.
    pub partner_code: PartnerCode,
    /// Its own limits by class of operations, such as `"issue": "50/s:500"`; the server's settings say the others.
    pub rate_limits: BTreeMap<String, String>,
}

impl PartnerLimits {
    fn new(partner_code: PartnerCode, limits: &Limits) -> Self {
        let texts = limits.texts().into_iter();
        let rate_limits = texts.map(|(class, text)| (class.to_owned(), text)).collect();
        Self { partner_code, rate_limits }
    }
}

/// Changes the classes that are named and leaves the others as they are; without any, tells what there is.
///
/// # Errors
/// There is no such partner, or the database's.
pub fn change_partner_limits(
    tx: &mut Tx,
    permit: &AdminPermit,
    partner_code: &PartnerCode,
    changes: &LimitChanges,
    now: Timestamp,
) -> Result<PartnerLimits, AccessError> {
    let code = partner_code.as_str();
    let stored = store::lock_partner_limits(tx, code)?
        .ok_or_else(|| AccessError::PartnerNotFound(code.to_owned()))?;
    let before = Limits::from_json(&stored).unwrap_or_default();
    let change =
        |limits: Limits, (class, limit): (&Class, &Option<Limit>)| limits.with(*class, *limit);
    let after = changes.iter().fold(before.clone(), change);
    if after != before {
        let texts = after.texts();
        let json = (!texts.is_empty()).then(|| json!(texts).to_string());
        store::set_partner_limits(tx, code, json.as_deref())?;
        let entry = AuditEntry {
            action: "partner.change",
            subject: code,
            before: json!({"rate_limits": before.texts()}),
            after: json!({"rate_limits": texts}),
        };
        audit(tx, permit.actor(), &entry, now)?;
    }
    Ok(PartnerLimits::new(partner_code.clone(), &after))
}
