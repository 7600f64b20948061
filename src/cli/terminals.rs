//! `terminal`.

use serde::Serialize;

use super::arguments::TerminalCommand;
use super::error::CliError;
use super::{print, store};
use crate::access::{
    AccessError, AdminPermit, MAX_DEVICE, NewTerminal, PairingOffer, TerminalChange, find_terminal,
    list_terminals, offer_pairing, revoke_terminal,
};
use crate::admin::{move_terminal, set_up_keyed_terminal, set_up_terminal};
use crate::config::{Flags, Settings};
use crate::db::{Session, Tx};
use crate::http::{Page, Patched, bounded_text};
use crate::kernel::{FunctionCode, Timestamp, VenueCode};
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
/// The word that stands for all functions of the venue.
const ALL: &str = "all";

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
                terminal_device_id: device_id(id)?,
                venue_code: venue_code(&venue)?,
                functions: functions_change(functions)?.apply(None),
            };
            let key = session.write(|tx| set_up_keyed_terminal(tx, &admin, terminal, now))?;
            let parts = ["terminal_device_id", "venue_code", "functions", "terminal_key"];
            print::one(&key, &parts, json);
        }
        TerminalCommand::Pair { id, venue, functions } => {
            let venue_code = venue.map(|code| venue_code(&code)).transpose()?;
            let change = TerminalChange { venue_code, functions: functions_change(functions)? };
            let id = device_id(id)?;
            let offer = session.write(|tx| pair(tx, &admin, (&id, change), now))?;
            show(id, &offer, json)?;
        }
        TerminalCommand::Change { id, venue, functions } => {
            let venue_code = venue.map(|code| venue_code(&code)).transpose()?;
            let change = TerminalChange { venue_code, functions: functions_change(functions)? };
            let changed = session.write(|tx| move_terminal(tx, &admin, &id, change, now))?;
            print::one(&changed, &COLUMNS, json);
        }
        TerminalCommand::Revoke { id } => {
            let revoked = session.write(|tx| revoke_terminal(tx, &admin, &id, now))?;
            print::one(&revoked, &COLUMNS, json);
        }
        TerminalCommand::List => list(&mut session, &admin, json)?,
    }
    Ok(())
}

fn list(session: &mut Session, admin: &AdminPermit, json: bool) -> Result<(), CliError> {
    let all = Page { page: 1, limit: i64::MAX };
    let (terminals, _) = session.read(|tx| list_terminals(tx, admin, all))?;
    print::list(&terminals, &COLUMNS, json);
    Ok(())
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

fn device_id(text: String) -> Result<String, CliError> {
    let told = text.clone();
    bounded_text(text, MAX_DEVICE).map_err(|problem| CliError::Argument {
        what: "the device's id",
        text: told,
        problem,
    })
}

fn venue_code(text: &str) -> Result<VenueCode, CliError> {
    VenueCode::parse(text).map_err(CliError::code("the venue's code", text))
}

/// Functions as they are given: none, `all`, or codes, each once.
fn functions_change(given: Option<Vec<String>>) -> Result<Patched<Vec<FunctionCode>>, CliError> {
    let Some(texts) = given else { return Ok(Patched::Absent) };
    if texts.iter().eq([ALL]) {
        return Ok(Patched::Null);
    }
    let mut codes: Vec<FunctionCode> = Vec::new();
    for text in &texts {
        let wrong = CliError::code("the function's code", text);
        let code = FunctionCode::parse(text).map_err(wrong)?;
        if codes.contains(&code) {
            return Err(CliError::Argument {
                what: "the functions",
                text: texts.join(","),
                problem: "must have each function once".to_owned(),
            });
        }
        codes.push(code);
    }
    Ok(Patched::Value(codes))
}
