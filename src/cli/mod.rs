//! The command line: parses it, runs one command, prints what it did.
//!
//! Comes in: arguments. Goes out: text for people or `--json`; a failure is a sentence on standard error and exit
//! code 1 (2 for arguments that make no sense).

mod api_keys;
mod arguments;
mod audit;
mod backup;
mod bench;
mod catalog;
mod demo;
mod error;
mod keys;
mod operators;
mod partners;
mod print;
mod privacy;
mod read;
mod serve;
mod settings;
mod store;
mod terminals;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

use crate::app::{OPERATIONS, openapi_json, permissions_page};

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let flags = arguments.flags();
    let json = arguments.json;
    let done = match arguments.command {
        Command::Demo(demo) => demo::demo(flags, &demo),
        Command::Serve(serve) => serve::serve(flags, &serve),
        Command::Migrate => settings::migrate(&flags, json),
        Command::Backup(backup) => backup::backup(&flags, &backup, json),
        Command::Keys(keys) => keys::keys(&flags, keys, json),
        Command::Partner(partner) => partners::partner(&flags, partner, json),
        Command::ApiKey(key) => api_keys::api_key(&flags, key, json),
        Command::Audit(audit) => audit::audit(&flags, audit, json),
        Command::Terminal(terminal) => terminals::terminal(&flags, terminal, json),
        Command::Operator(operator) => operators::operator(&flags, operator, json),
        Command::Venue(venue) => catalog::venue(&flags, venue, json),
        Command::Product(product) => catalog::product(&flags, product, json),
        Command::Privacy(privacy) => privacy::privacy(&flags, privacy, json),
        Command::Bench(bench) => bench::bench(flags, &bench, json),
        Command::Config => settings::config(&flags, json),
        Command::Openapi => {
            print::line(openapi_json().trim_end());
            Ok(())
        }
        Command::Permissions => {
            print::line(permissions_page(OPERATIONS).trim_end());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::failure(&error);
            ExitCode::FAILURE
        }
    }
}
