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
    #[schema(value_type = BTreeMap<String, String>)]
    pub rate_limits: Limits,
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
    let before = store::lock_partner(tx, code)?
        .ok_or_else(|| AccessError::PartnerNotFound(code.to_owned()))?
        .rate_limits;
    let change =
        |limits: Limits, (class, limit): (&Class, &Option<Limit>)| limits.with(*class, *limit);
    let after = changes.iter().fold(before.clone(), change);
    if after != before {
        store::set_partner_limits(tx, code, after.to_json().as_deref())?;
        let told = |limits: &Limits| json!({"rate_limits": limits});
        let entry = AuditEntry::changed("partner.limits", code, &told(&before), &told(&after));
        audit(tx, permit.actor(), &entry, now)?;
    }
    Ok(PartnerLimits { partner_code: partner_code.clone(), rate_limits: after })
}
