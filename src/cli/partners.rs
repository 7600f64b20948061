//! `partner`.

use serde::Serialize;

use super::arguments::PartnerCommand;
use super::error::CliError;
use super::{print, store};
use crate::access::{
    AccessError, AdminPermit, Class, CreatedPartner, Limit, LimitChanges, NewPartner,
    PartnerChange, PermissionSet, change_partner, change_partner_limits, create_partner,
    list_partners,
};
use crate::config::{Flags, Settings};
use crate::http::{Patched, bounded_text};
use crate::kernel::PartnerCode;

/// Characters of a name at most.
const MAX_NAME: usize = 200;
const PARTNER_COLUMNS: &[&str] = &["partner_code", "partner_name", "is_active", "created_at"];

/// What is printed of a new partner.
#[derive(Serialize)]
struct PartnerKey {
    partner_code: String,
    api_key: String,
}

/// Reads the code of a partner.
pub(super) fn partner_code(code: &str) -> Result<PartnerCode, CliError> {
    PartnerCode::parse(code).map_err(CliError::code("the partner's code", code))
}

/// Reads a name.
pub(super) fn name(text: String) -> Result<String, CliError> {
    bounded_text(text.clone(), MAX_NAME).map_err(|problem| CliError::Argument {
        what: "the name",
        text,
        problem,
    })
}

/// Reads names of permissions with commas between them; nothing said means all of them.
pub(super) fn permissions(names: Option<String>) -> Result<PermissionSet, CliError> {
    let Some(names) = names else { return Ok(PermissionSet::all()) };
    let set: PermissionSet = names.parse().map_err(AccessError::from)?;
    if set.is_empty() {
        let known = PermissionSet::all();
        let problem = format!("must name at least one of {}", known.names().join(", "));
        return Err(CliError::Argument { what: "the permissions", text: names, problem });
    }
    Ok(set)
}

/// Runs a command on partners.
pub(super) fn partner(flags: &Flags, command: PartnerCommand, json: bool) -> Result<(), CliError> {
    let (mut session, now) = store::open(&Settings::load(flags)?)?;
    let admin = AdminPermit::for_command_line();
    let mut change = |code: &str, change: PartnerChange| -> Result<(), CliError> {
        let code = partner_code(code)?;
        let changed = session.write(|tx| change_partner(tx, &admin, &code, change, now))?;
        print::one(&changed, PARTNER_COLUMNS, json);
        Ok(())
    };
    let active = |is_active| PartnerChange { is_active: Some(is_active), ..Default::default() };
    match command {
        PartnerCommand::Create { code, name: partner_name, permissions: names } => {
            let partner = NewPartner {
                partner_code: partner_code(&code)?,
                partner_name: partner_name.map(name).transpose()?,
                permissions: permissions(names)?,
            };
            let made = session.write(|tx| create_partner(tx, &admin, partner, now))?;
            let CreatedPartner { partner_code, api_key, .. } = made;
            print::one(&PartnerKey { partner_code, api_key }, &["partner_code", "api_key"], json);
            Ok(())
        }
        PartnerCommand::Change { code, name: partner_name } => {
            let partner_name = Patched::Value(name(partner_name)?);
            change(&code, PartnerChange { partner_name, ..PartnerChange::default() })
        }
        PartnerCommand::Disable { code } => change(&code, active(false)),
        PartnerCommand::Enable { code } => change(&code, active(true)),
        PartnerCommand::Limits { code, changes } => {
            let partner_code = partner_code(&code)?;
            let changes = changes.iter().map(|text| limit_change(text));
            let changes = changes.collect::<Result<LimitChanges, _>>()?;
            let limits = session
                .write(|tx| change_partner_limits(tx, &admin, &partner_code, &changes, now))?;
            print::one(&limits, &["partner_code", "rate_limits"], json);
            Ok(())
        }
        PartnerCommand::List => {
            let (partners, _) = session.read(|tx| list_partners(tx, &admin, print::WHOLE))?;
            print::list(&partners, PARTNER_COLUMNS, json);
            Ok(())
        }
    }
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
