//! Queries on what this slice owns: partners and keys, terminals, operators, the audit log.

mod audit;
mod operators;
mod partners;
mod terminals;

pub(super) use audit::{AuditRow, NewAuditRow, audit_page, insert_audit};
pub(super) use operators::session;
pub(super) use partners::{
    NewApiKey, api_key, insert_api_key, insert_partner, lock_partner_limits, partner_exists,
    partners, set_partner_limits,
};
pub(super) use terminals::{NewTerminalRow, insert_terminal, terminal_by_key, terminals};
