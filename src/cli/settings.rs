//! `config` and `migrate`.

use serde_json::json;

use super::error::CliError;
use super::{print, store};
use crate::config::{Effective, Flags, Settings, effective};
use crate::db::{Session, run_migrations};

/// Prints the settings in force.
pub(super) fn config(flags: &Flags, json: bool) -> Result<(), CliError> {
    let hidden = |setting: Effective| Effective { value: setting.shown_value(), ..setting };
    let settings: Vec<Effective> = effective(flags)?.into_iter().map(hidden).collect();
    print::list(&settings, &["name", "value", "source", "meaning"], json);
    Settings::load(flags)?;
    Ok(())
}

/// Brings the schema up to date.
pub(super) fn migrate(flags: &Flags, json: bool) -> Result<(), CliError> {
    let settings = Settings::load(flags)?;
    store::make_folder(&settings)?;
    let done = run_migrations(&mut Session::new(settings.db.target.clone()))?;
    if json {
        let done = json!({ "database": settings.db.target.to_string(), "migrations": done });
        print::one(&done, &[], true);
        return Ok(());
    }
    match done.len() {
        0 => print::line(&format!("{} is up to date", settings.db.target)),
        _ => print::line(&format!("{}: ran {}", settings.db.target, done.join(", "))),
    }
    Ok(())
}
