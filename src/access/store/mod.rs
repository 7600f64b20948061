//! Queries on what this slice owns: partners and keys, terminals and pairing codes, operators, the audit log.

mod audit;
mod operators;
mod pairing_codes;
mod partners;
mod terminals;

pub(super) use audit::{AuditRow, NewAuditRow, audit_page, insert_audit};
pub(super) use operators::session;
pub(super) use pairing_codes::{
    NewPairingCode, delete_expired_pairing_codes, delete_pairing_codes, insert_pairing_code,
    pairing_code, take_try, use_pairing_code,
};
pub(super) use partners::{
    NewApiKey, api_key, insert_api_key, insert_partner, partner_exists, partners,
};
pub(super) use terminals::{
    StoredKey, insert_terminal, lock_terminal, replace_terminal_key, terminal, terminal_by_key,
    terminals_page, update_terminal,
};
