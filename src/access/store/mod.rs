//! Queries on what this slice owns: partners and keys, terminals, operators, the audit log.

mod audit;
mod login_failures;
mod operators;
mod partners;
mod terminals;

pub(super) use audit::{AuditRow, NewAuditRow, audit_page, insert_audit};
pub(super) use login_failures::{
    FailureRow, clear_failures, delete_old_failures, failures, lock_failures, set_failures,
};
pub(super) use operators::{
    NewOperatorRow, NewSession, OperatorRow, active_password_hash, delete_old_sessions,
    insert_operator, insert_session, lock_active_admins, lock_operator, lock_operator_with_hash,
    operator, operators_page, revoke_session, revoke_sessions, session, update_operator,
};
pub(super) use partners::{
    NewApiKey, api_key, insert_api_key, insert_partner, partner_exists, partners,
};
pub(super) use terminals::{NewTerminalRow, insert_terminal, terminal_by_key, terminals};
