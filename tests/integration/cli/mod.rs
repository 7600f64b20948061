//! The real binary: its commands, its starts and its ends.

mod api_keys;
mod arguments;
mod backup;
mod bench;
mod catalog;
mod create;
mod demo;
mod key_changes;
mod keys;
mod limits;
mod operators;
mod privacy;
mod settings;
mod terminals;
mod walk;

use crate::support::Site;
use crate::support::tables::lines;

/// What the audit log has of somebody or something, oldest first: principal, action and subject.
fn on_record(site: &Site, subject: &str) -> Vec<String> {
    let sql = "SELECT principal || ' ' || action || ' ' || subject AS value FROM audit_log \
        ORDER BY id";
    let all = lines(&mut site.database.session(), sql);
    all.into_iter().filter(|line| line.ends_with(&format!(" {subject}"))).collect()
}
