//! `partner`.

use super::arguments::PartnerCommand;
use super::error::CliError;
use super::{print, store};
use crate::access::{AdminPermit, NewPartner, PermissionSet, create_partner, list_partners};
use crate::config::{Flags, Settings};
use crate::kernel::PartnerCode;

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
        PartnerCommand::List => {
            let partners = session.read(|tx| list_partners(tx, &admin))?;
            let columns = ["partner_code", "key_prefix", "permissions", "created_at"];
            print::list(&partners, &columns, json);
        }
    }
    Ok(())
}
