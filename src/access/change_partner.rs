//! Changes a partner's name, and whether its keys are accepted.

use super::audit::{AuditEntry, audit};
use super::error::AccessError;
use super::model::{PartnerChange, PartnerSummary};
use super::permit::AdminPermit;
use super::store;
use crate::db::Tx;
use crate::kernel::{PartnerCode, Timestamp};

/// Changes a partner. The keys of one that is disabled are refused from then on, and accepted again once it is
/// enabled.
///
/// # Errors
/// No such partner, or the database's.
pub fn change_partner(
    tx: &mut Tx,
    permit: &AdminPermit,
    partner_code: &PartnerCode,
    change: PartnerChange,
    now: Timestamp,
) -> Result<PartnerSummary, AccessError> {
    let code = partner_code.as_str();
    let before = store::lock_partner(tx, code)?
        .ok_or_else(|| AccessError::PartnerNotFound(code.to_owned()))?;
    let after = PartnerSummary {
        partner_name: change.partner_name.apply(before.partner_name.clone()),
        is_active: change.is_active.unwrap_or(before.is_active),
        ..before.clone()
    };
    if after == before {
        return Ok(after);
    }
    store::rename_partner(tx, code, after.partner_name.as_deref())?;
    if after.is_active != before.is_active {
        store::disable_partner(tx, code, (!after.is_active).then_some(now))?;
    }
    let entry = AuditEntry::changed("partner.change", code, &before, &after);
    audit(tx, permit.actor(), &entry, now)?;
    Ok(after)
}
