//! Queries on what this slice owns: partners and keys, terminals, operators, the audit log.

mod audit;
mod keys;
mod operators;
mod partners;
mod terminals;

pub(super) use audit::{AuditRow, NewAuditRow, audit_page, insert_audit};
pub(super) use keys::{
    api_key, api_keys_page, insert_api_key, lock_api_key, update_api_key, write_use,
};
pub(super) use operators::session;
pub(super) use partners::{
    disable_partner, insert_partner, lock_partner, lock_partner_limits, partner_exists,
    partners_page, rename_partner, set_partner_limits,
};
pub(super) use terminals::{NewTerminalRow, insert_terminal, terminal_by_key, terminals};
