//! `operator`.

use std::io::{self, BufRead, IsTerminal, Read};

use super::arguments::OperatorCommand;
use super::error::CliError;
use super::{print, store};
use crate::access::{
    AdminPermit, NewOperator, OperatorChange, OperatorSummary, Password, PasswordHash,
    change_operator, create_operator, hash_password, list_operators,
};
use crate::config::{Flags, Settings};
use crate::http::{Page, bounded_text};
use crate::kernel::{Secret, Username};

const COLUMNS: [&str; 5] = ["username", "display_name", "role", "is_active", "created_at"];
/// Characters of a name for people at most.
const MAX_NAME: usize = 200;
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
            let username = parse_username(&name)?;
            let display_name = parse_display_name(display_name)?;
            let password_hash = read_password(password_stdin)?;
            let new = NewOperator { username, display_name, role, password_hash };
            return create(&settings, new, json);
        }
        OperatorCommand::List => return list(&settings, json),
        OperatorCommand::Change { name, role, display_name } => {
            let display_name = parse_display_name(display_name)?;
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
    let username = parse_username(&username)?;
    let (mut session, now) = store::open(&settings)?;
    let admin = AdminPermit::for_command_line();
    let changed = session.write(|tx| change_operator(tx, &admin, &username, &change, now))?;
    print::one(&changed, &COLUMNS, json);
    Ok(())
}

fn parse_username(name: &str) -> Result<Username, CliError> {
    Username::parse(name).map_err(CliError::code("the operator's name", name))
}

fn parse_display_name(name: Option<String>) -> Result<Option<String>, CliError> {
    let parse = |text: String| {
        bounded_text(text.clone(), MAX_NAME).map_err(|problem| CliError::Argument {
            what: "the operator's name for people",
            text,
            problem,
        })
    };
    name.map(parse).transpose()
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
    let all = Page { page: 1, limit: i64::MAX };
    let operators: Vec<OperatorSummary> = session.read(|tx| list_operators(tx, &admin, all))?.0;
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
