//! `partner` and `terminal`.

use super::arguments::{PartnerCommand, TerminalCommand};
use super::error::CliError;
use super::{print, store};
use crate::access::{
    AdminPermit, Class, Limit, LimitChanges, NewPartner, NewTerminal, PermissionSet,
    change_partner_limits, create_partner, create_terminal, list_partners, list_terminals,
};
use crate::catalog::load_catalog;
use crate::config::{Flags, Settings};
use crate::kernel::{PartnerCode, VenueCode};

/// Runs a command on partners.
pub(super) fn partner(flags: &Flags, command: PartnerCommand, json: bool) -> Result<(), CliError> {
    let (mut session, now) = store::open(&Settings::load(flags)?)?;
    let admin = AdminPermit::for_command_line();
    match command {
        PartnerCommand::Create { code, permissions } => {
            let partner = NewPartner {
                partner_code: PartnerCode::parse(&code)
                    .map_err(CliError::code("the partner's code", &code))?,
                permissions: match permissions {
                    Some(names) => names.parse()?,
                    None => PermissionSet::all(),
                },
            };
            let key = session.write(|tx| create_partner(tx, &admin, partner, now))?;
            print::one(&key, &["partner_code", "api_key"], json);
        }
        PartnerCommand::Limits { code, changes } => {
            let partner_code =
                PartnerCode::parse(&code).map_err(CliError::code("the partner's code", &code))?;
            let changes = changes.iter().map(|text| limit_change(text));
            let changes = changes.collect::<Result<LimitChanges, _>>()?;
            let limits = session
                .write(|tx| change_partner_limits(tx, &admin, &partner_code, &changes, now))?;
            print::one(&limits, &["partner_code", "rate_limits"], json);
        }
        PartnerCommand::List => {
            let partners = session.read(|tx| list_partners(tx, &admin))?;
            let columns = ["partner_code", "key_prefix", "permissions", "created_at"];
            print::list(&partners, &columns, json);
        }
    }
    Ok(())
}

/// One `CLASS=RATE`.
fn limit_change(text: &str) -> Result<(Class, Option<Limit>), CliError> {
    let wrong = |problem: &str| CliError::Argument {
        what: "the limit",
        text: text.to_owned(),
        problem: problem.to_owned(),
    };
    let (name, rate) = text.split_once('=').unwrap_or((text, ""));
    let class = Class::limited_by_name(name).ok_or_else(|| {
        wrong(
            "must begin with scan=, look=, generate=, issue=, read=, manage= or enter=, as in \
             issue=50/s",
        )
    })?;
    match rate {
        "default" => Ok((class, None)),
        rate => rate.parse().map(|limit| (class, Some(limit))).map_err(wrong),
    }
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
        TerminalCommand::Create { id, venue } => {
            let venue_code =
                VenueCode::parse(&venue).map_err(CliError::code("the venue's code", &venue))?;
            let key = session.write(|tx| -> Result<_, CliError> {
                if !load_catalog(tx)?.venues.contains_key(&venue_code) {
                    return Err(CliError::NoVenue(venue_code));
                }
                let terminal = NewTerminal { terminal_device_id: id, venue_code };
                Ok(create_terminal(tx, &admin, terminal, now)?)
            })?;
            print::one(&key, &["terminal_device_id", "venue_code", "terminal_key"], json);
        }
        TerminalCommand::List => {
            let terminals = session.read(|tx| list_terminals(tx, &admin))?;
            let columns = ["terminal_device_id", "venue_code", "created_at", "revoked_at"];
            print::list(&terminals, &columns, json);
        }
    }
    Ok(())
}
