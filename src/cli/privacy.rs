//! `privacy`: erases personal data.

use serde_json::json;

use super::arguments::{EraseArguments, PrivacyCommand};
use super::error::CliError;
use super::{print, read, store};
use crate::access::AdminPermit;
use crate::config::{Flags, Settings};
use crate::db::Session;
use crate::kernel::Clock;
use crate::tickets::{EmailWalk, erase_found, erase_ticket, find_by_email};

/// Runs a command on personal data.
pub(super) fn privacy(flags: &Flags, command: PrivacyCommand, json: bool) -> Result<(), CliError> {
    let PrivacyCommand::Erase(EraseArguments { ticket, email }) = command;
    let ticket = ticket.as_deref().map(read::ticket_code).transpose()?;
    let email = email.map(read::email).transpose()?;
    let (mut session, now) = store::open(&Settings::load(flags)?)?;
    let admin = AdminPermit::for_command_line();
    let erased = match ticket {
        Some(code) => session.write(|tx| erase_ticket(tx, &admin, &code, now))?,
        None => by_email(&mut session, &admin, &email.unwrap_or_default())?,
    };
    print::one(&json!({ "tickets_erased": erased }), &["tickets_erased"], json);
    Ok(())
}

fn by_email(session: &mut Session, admin: &AdminPermit, address: &str) -> Result<usize, CliError> {
    let mut walk = EmailWalk::of(address);
    let mut erased = 0;
    while !walk.is_over() {
        for part in session.read(|tx| find_by_email(tx, &mut walk))? {
            let now = Clock::System.now();
            erased += session.write(|tx| erase_found(tx, admin, (&walk, &part), now))?;
        }
    }
    Ok(erased)
}
