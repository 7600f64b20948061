//! Queries on what this slice owns: partners and keys, terminals and pairing codes, operators, the audit log.

mod audit;
mod keys;
mod login_failures;
mod operators;
mod pairing_codes;
mod partners;
mod terminals;

pub(super) use audit::{AuditRow, NewAuditRow, audit_page, insert_audit};
pub(super) use keys::{
    api_key, api_keys_page, insert_api_key, lock_api_key, update_api_key, write_use,
};
pub(super) use login_failures::{
    FailureRow, clear_failures, delete_old_failures, failures, lock_failures, set_failures,
};
pub(super) use operators::{
    NewOperatorRow, NewSession, OperatorRow, active_password_hash, delete_old_sessions,
    insert_operator, insert_session, lock_active_admins, lock_operator, lock_operator_with_hash,
    operator, operators_page, revoke_session, revoke_sessions, session, update_operator,
};
pub(super) use pairing_codes::{
    NewPairingCode, delete_expired_pairing_codes, delete_pairing_codes, insert_pairing_code,
    pairing_code, take_try, use_pairing_code,
};
pub(super) use partners::{
    disable_partner, insert_partner, lock_partner, partner_exists, partners_page, rename_partner,
    set_partner_limits,
};
pub(super) use terminals::{
    StoredKey, insert_terminal, lock_terminal, replace_terminal_key, terminal, terminal_by_key,
    terminals_page, update_terminal,
};
