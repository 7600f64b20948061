//! `partner`.

use serde::Serialize;

use super::arguments::PartnerCommand;
use super::error::CliError;
use super::{print, read, store};
use crate::access::{
    AdminPermit, Class, CreatedPartner, Limit, LimitChanges, NewPartner, PartnerChange,
    change_partner, change_partner_limits, create_partner, list_partners,
};
use crate::config::{Flags, Settings};
use crate::http::Patched;

const PARTNER_COLUMNS: &[&str] = &["partner_code", "partner_name", "is_active", "created_at"];

/// What is printed of a new partner.
#[derive(Serialize)]
struct PartnerKey {
    partner_code: String,
    api_key: String,
}

/// Runs a command on partners.
pub(super) fn partner(flags: &Flags, command: PartnerCommand, json: bool) -> Result<(), CliError> {
    let (mut session, now) = store::open(&Settings::load(flags)?)?;
    let admin = AdminPermit::for_command_line();
    let mut change = |code: &str, change: PartnerChange| -> Result<(), CliError> {
        let code = read::partner_code(code)?;
        let changed = session.write(|tx| change_partner(tx, &admin, &code, change, now))?;
        print::one(&changed, PARTNER_COLUMNS, json);
        Ok(())
    };
    let active = |is_active| PartnerChange { is_active: Some(is_active), ..Default::default() };
    match command {
        PartnerCommand::Create { code, name, permissions } => {
            let partner = NewPartner {
                partner_code: read::partner_code(&code)?,
                partner_name: name.map(read::name).transpose()?,
                permissions: read::permissions(permissions)?,
            };
            let made = session.write(|tx| create_partner(tx, &admin, partner, now))?;
            let CreatedPartner { partner_code, api_key, .. } = made;
            print::one(&PartnerKey { partner_code, api_key }, &["partner_code", "api_key"], json);
            Ok(())
        }
        PartnerCommand::Change { code, name } => {
            let partner_name = Patched::Value(read::name(name)?);
            change(&code, PartnerChange { partner_name, ..PartnerChange::default() })
        }
        PartnerCommand::Disable { code } => change(&code, active(false)),
        PartnerCommand::Enable { code } => change(&code, active(true)),
        PartnerCommand::Limits { code, changes } => {
            let partner_code = read::partner_code(&code)?;
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
    let wrong = |problem: &str| CliError::argument("the limit", text)(problem);
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
