//! `operator`.

use std::io::{self, BufRead, IsTerminal, Read};

use super::arguments::OperatorCommand;
use super::error::CliError;
use super::{print, read, store};
use crate::access::{
    AdminPermit, NewOperator, OperatorChange, Password, PasswordHash, change_operator,
    create_operator, hash_password, list_operators,
};
use crate::config::{Flags, Settings};
use crate::kernel::Secret;

const COLUMNS: [&str; 5] = ["username", "display_name", "role", "is_active", "created_at"];
/// Bytes of the line with the password at most.
const MAX_LINE: u64 = 4096;

/// Runs a command on operators.
pub(super) fn operator(
    flags: &Flags,
    command: OperatorCommand,
    json: bool,
) -> Result<(), CliError> {
    let settings = Settings::load(flags)?;
    let (username, change) = match command {
        OperatorCommand::Create { name, role, display_name, password_stdin } => {
            let username = read::username(&name)?;
            let display_name = display_name.map(read::name).transpose()?;
            let password_hash = read_password(password_stdin)?;
            let new = NewOperator { username, display_name, role, password_hash };
            return create(&settings, new, json);
        }
        OperatorCommand::List => return list(&settings, json),
        OperatorCommand::Change { name, role, display_name } => {
            let display_name = display_name.map(read::name).transpose()?;
            (name, OperatorChange { display_name, role, ..OperatorChange::default() })
        }
        OperatorCommand::Disable { name } => {
            (name, OperatorChange { is_active: Some(false), ..OperatorChange::default() })
        }
        OperatorCommand::Enable { name } => {
            (name, OperatorChange { is_active: Some(true), ..OperatorChange::default() })
        }
        OperatorCommand::Password { name, password_stdin } => {
            let password_hash = Some(read_password(password_stdin)?);
            (name, OperatorChange { password_hash, ..OperatorChange::default() })
        }
    };
    let username = read::username(&username)?;
    let (mut session, now) = store::open(&settings)?;
    let admin = AdminPermit::for_command_line();
    let changed = session.write(|tx| change_operator(tx, &admin, &username, &change, now))?;
    print::one(&changed, &COLUMNS, json);
    Ok(())
}

fn create(settings: &Settings, new: NewOperator, json: bool) -> Result<(), CliError> {
    let (mut session, now) = store::open(settings)?;
    let admin = AdminPermit::for_command_line();
    let made = session.write(|tx| create_operator(tx, &admin, new, now))?;
    print::one(&made, &COLUMNS, json);
    Ok(())
}

fn list(settings: &Settings, json: bool) -> Result<(), CliError> {
    let (mut session, _) = store::open(settings)?;
    let admin = AdminPermit::for_command_line();
    let (operators, _) = session.read(|tx| list_operators(tx, &admin, print::WHOLE))?;
    print::list(&operators, &COLUMNS, json);
    Ok(())
}

/// Reads the first line of standard input as a password, and hashes it.
fn read_password(is_on_stdin: bool) -> Result<PasswordHash, CliError> {
    if !is_on_stdin {
        return Err(CliError::NoPassword);
    }
    if io::stdin().is_terminal() {
        print::prompt("Type the password and press Enter (it is shown as you type):");
    }
    let mut line = String::new();
    let read = io::stdin().lock().take(MAX_LINE).read_line(&mut line);
    let line = Secret::new(line);
    read.map_err(CliError::ReadPassword)?;
    let text = Secret::new(line.expose().trim_end_matches(['\r', '\n']).to_owned());
    let password = Password::parse(text).map_err(CliError::Password)?;
    Ok(hash_password(&password)?)
}
