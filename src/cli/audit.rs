//! `audit`: what was done, read from the audit log.

use super::arguments::AuditCommand;
use super::error::CliError;
use super::{print, store};
use crate::access::{AdminPermit, AuditFilter, list_audit};
use crate::config::{Flags, Settings};
use crate::http::Page;

const COLUMNS: &[&str] = &["at", "principal", "action", "subject", "before", "after", "request_id"];

/// Runs a command on the audit log.
pub(super) fn audit(flags: &Flags, command: AuditCommand, json: bool) -> Result<(), CliError> {
    let (mut session, _) = store::open(&Settings::load(flags)?)?;
    let admin = AdminPermit::for_command_line();
    match command {
        AuditCommand::List { subject, action, principal, limit } => {
            let filter = AuditFilter { principal, action, subject, ..AuditFilter::default() };
            let page = Page { page: 1, limit };
            let (lines, _) = session.read(|tx| list_audit(tx, &admin, &filter, page))?;
            print::list(&lines, COLUMNS, json);
        }
    }
    Ok(())
}
