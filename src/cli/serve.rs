//! `serve`: the server for real.

use super::arguments::ServeArguments;
use super::error::CliError;
use super::{print, store};
use crate::access::Openness;
use crate::app::{App, AppError, AppSettings, listen, prepare_process, run_until_signal};
use crate::config::{Flags, KeyFile, Role, Settings};
use crate::db::{Session, migration_state};
use crate::kernel::Clock;

/// Runs the server until a signal ends it.
pub(super) fn serve(flags: Flags, arguments: &ServeArguments) -> Result<(), CliError> {
    let names = arguments.tls_self_signed.as_ref().map(|names| names.join(","));
    let flags = flags
        .with("bind", arguments.bind.as_ref())
        .with("tls_cert", arguments.tls_cert.as_ref().map(|path| path.display()))
        .with("tls_key", arguments.tls_key.as_ref().map(|path| path.display()))
        .with("tls_self_signed", names)
        .with("role", arguments.role.as_ref())
        .with("log_format", arguments.log_format.as_ref());
    let settings = Settings::load(&flags)?;
    prepare_process(&settings);
    let (ring, keys) = if let Some(ring) = settings.keys.clone() {
        (ring, None)
    } else {
        let file = KeyFile::at(settings.key_file());
        (file.load()?, Some(file))
    };
    if arguments.no_migrate {
        store::make_folder(&settings)?;
        let pending = migration_state(&mut Session::new(settings.db.target.clone()))?.pending;
        if !pending.is_empty() {
            return Err(AppError::NeedsMigrations(pending).into());
        }
    }
    store::open(&settings)?;
    let app = App::open(AppSettings {
        settings: settings.clone(),
        clock: Clock::System,
        openness: Openness::Closed,
        ring,
    })?;
    let listeners = match settings.role {
        Role::Worker => Vec::new(),
        Role::All | Role::Web => vec![listen(settings.bind)?],
    };
    for listener in &listeners {
        let address = listener.local_addr().map_err(AppError::from)?;
        print::line(&format!("ticketgate listens on {}://{address}", app.scheme()));
    }
    actix_web::rt::System::new().block_on(run_until_signal(app, listeners, keys))?;
    Ok(())
}
