//! What is asked of the audit log and what it answers.

use serde::Serialize;
use serde_json::Value;

use crate::kernel::Timestamp;

/// Which lines are wanted. What is not given does not matter.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// By whom, such as `operator:anna`.
    pub principal: Option<String>,
    /// What, such as `partner.create`.
    pub action: Option<String>,
    /// To whom, such as a partner's code.
    pub subject: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
}

/// A line of the audit log.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AuditLine {
    /// Its id; sorts by time.
    pub audit_id: String,
    /// When.
    pub at: Timestamp,
    /// Who, such as `operator:anna`.
    pub principal: String,
    /// What, such as `partner.create`.
    pub action: String,
    /// To whom, such as a partner's code.
    pub subject: String,
    /// In which request.
    pub request_id: String,
    /// What it was before; null where there was nothing.
    #[schema(value_type = Option<Object>)]
    pub before: Value,
    /// What it was then; null where nothing was left.
    #[schema(value_type = Option<Object>)]
    pub after: Value,
}
