//! `terminal`.

use serde::Serialize;

use super::arguments::TerminalCommand;
use super::error::CliError;
use super::{print, read, store};
use crate::access::{
    AccessError, AdminPermit, NewTerminal, PairingOffer, TerminalChange, find_terminal,
    list_terminals, offer_pairing, revoke_terminal,
};
use crate::admin::{move_terminal, set_up_keyed_terminal, set_up_terminal};
use crate::config::{Flags, Settings};
use crate::db::Tx;
use crate::kernel::Timestamp;
use crate::token::screen_image;

const COLUMNS: [&str; 7] = [
    "terminal_device_id",
    "venue_code",
    "functions",
    "created_at",
    "paired_at",
    "last_seen_at",
    "revoked_at",
];

/// A pairing code, shown this once.
#[derive(Serialize)]
struct PairingRow {
    terminal_device_id: String,
    pairing_code: String,
    expires_at: Timestamp,
}

/// Runs a command on terminals.
pub(super) fn terminal(
    flags: &Flags,
    command: TerminalCommand,
    json: bool,
) -> Result<(), CliError> {
    let (mut session, now) = store::open(&Settings::load(flags)?)?;
    let admin = AdminPermit::for_command_line();
    match command {
        TerminalCommand::Create { id, venue, functions } => {
            let terminal = NewTerminal {
                terminal_device_id: read::device_id(id)?,
                venue_code: read::venue_code(&venue)?,
                functions: read::functions_change(functions.as_deref())?.apply(None),
            };
            let key = session.write(|tx| set_up_keyed_terminal(tx, &admin, terminal, now))?;
            let parts = ["terminal_device_id", "venue_code", "functions", "terminal_key"];
            print::one(&key, &parts, json);
        }
        TerminalCommand::Pair { id, venue, functions } => {
            let change = terminal_change(venue.as_deref(), functions.as_deref())?;
            let id = read::device_id(id)?;
            let offer = session.write(|tx| pair(tx, &admin, (&id, change), now))?;
            show(id, &offer, json)?;
        }
        TerminalCommand::Change { id, venue, functions } => {
            let change = terminal_change(venue.as_deref(), functions.as_deref())?;
            let id = read::device_id(id)?;
            let changed = session.write(|tx| move_terminal(tx, &admin, &id, change, now))?;
            print::one(&changed, &COLUMNS, json);
        }
        TerminalCommand::Revoke { id } => {
            let id = read::device_id(id)?;
            let revoked = session.write(|tx| revoke_terminal(tx, &admin, &id, now))?;
            print::one(&revoked, &COLUMNS, json);
        }
        TerminalCommand::List => {
            let (terminals, _) = session.read(|tx| list_terminals(tx, &admin, print::WHOLE))?;
            print::list(&terminals, &COLUMNS, json);
        }
    }
    Ok(())
}

fn terminal_change(
    venue: Option<&str>,
    functions: Option<&[String]>,
) -> Result<TerminalChange, CliError> {
    Ok(TerminalChange {
        venue_code: venue.map(read::venue_code).transpose()?,
        functions: read::functions_change(functions)?,
    })
}

/// A pairing code for a terminal, which is made where it is not there, and moved where a place is named.
fn pair(
    tx: &mut Tx,
    admin: &AdminPermit,
    (id, change): (&str, TerminalChange),
    now: Timestamp,
) -> Result<PairingOffer, CliError> {
    match find_terminal(tx, admin, id) {
        Ok(_) => {
            if change != TerminalChange::default() {
                move_terminal(tx, admin, id, change, now)?;
            }
            Ok(offer_pairing(tx, admin, id, now)?)
        }
        Err(AccessError::TerminalNotFound(_)) => {
            let terminal = NewTerminal {
                terminal_device_id: id.to_owned(),
                venue_code: change.venue_code.ok_or_else(|| CliError::NoPlace(id.to_owned()))?,
                functions: change.functions.apply(None),
            };
            Ok(set_up_terminal(tx, admin, terminal, now)?.1)
        }
        Err(error) => Err(error.into()),
    }
}

/// Prints a code; for people as a QR code too.
fn show(id: String, offer: &PairingOffer, json: bool) -> Result<(), CliError> {
    let pairing_code = offer.pairing_code.expose();
    let picture = screen_image(&pairing_code)?;
    let row = PairingRow { terminal_device_id: id, pairing_code, expires_at: offer.expires_at };
    print::one(&row, &["terminal_device_id", "pairing_code", "expires_at"], json);
    if !json {
        print::line(&picture);
    }
    Ok(())
}
