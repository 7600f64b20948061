//! Where settings come from: flags before the environment before `ticketgate.toml` before defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use crate::db::Target;

/// The settings: name, default, and what it means. `database_url` is `DATABASE_URL` in the environment.
pub(super) const SETTINGS: &[(&str, &str, &str)] = &[
    ("data_dir", "./data", "folder of the SQLite file and the key ring"),
    ("database_url", "", "postgres://.. or sqlite:PATH; empty: ticketgate.db in data_dir"),
    ("keys", "", "the key ring itself, as keys.json has it; empty: keys.json in data_dir"),
    ("bind", "127.0.0.1:8080", "address and port to listen on"),
    ("tls_cert", "", "file of the certificate and its chain in PEM; needs tls_key"),
    ("tls_key", "", "file of the certificate's private key in PEM; needs tls_cert"),
    ("tls_self_signed", "", "names and addresses for a certificate made here, for a trial"),
    ("behind_https", "false", "true where a proxy in front speaks HTTPS with browsers"),
    ("trusted_proxies", "", "addresses and networks of proxies that tell the client's address"),
    ("cors_origins", "", "origins whose pages may call the API, such as https://shop.example"),
    ("head_timeout_seconds", "5", "time for a request's head, or a TLS handshake, to arrive"),
    ("body_timeout_seconds", "10", "time for a request's body to arrive"),
    ("keep_alive_seconds", "75", "time for a connection to wait for its next request"),
    ("timezone", "UTC", "IANA time zone of ticket codes and of dates without time"),
    ("currency", "HKD", "ISO 4217 currency of prices that name none"),
    ("role", "all", "all, web (requests only) or worker (background jobs only)"),
    (
        "log",
        "info,actix_server=warn,actix_http=off",
        "log filter, such as info or warn,ticketgate=debug",
    ),
    ("log_format", "text", "text or json"),
    ("undo_hours", "24", "hours within which a redemption can be undone"),
    ("session_hours", "12", "hours for which an operator stays logged in"),
    (
        "metrics_open",
        "false",
        "true lets everybody read /metrics, not only this machine and admins",
    ),
    ("workers", "0", "HTTP threads; 0: one a core"),
    ("max_connections", "10000", "open client connections"),
    ("db_pool", "0", "database threads for reads; 0: two a core, four at least"),
    (
        "db_lanes",
        "0",
        "PostgreSQL threads for scans, SQLite threads for looks; 0: one a core, two at least",
    ),
    ("batch", "64", "scans in one transaction at most, and looks in one statement"),
    (
        "queue",
        "0",
        "scans, looks, reads and other changes that may wait, each kind by itself; 0: sixteen batches, on PostgreSQL eight for each thread for scans",
    ),
    ("db_connect_seconds", "5", "PostgreSQL: time to let a connection in"),
    ("db_statement_seconds", "30", "PostgreSQL: time for a statement"),
    ("db_lock_seconds", "5", "time to wait for what another transaction or process has locked"),
    (
        "generate_chunk",
        "250",
        "tickets generated in one transaction while there are scans; else four times as many",
    ),
    ("token_memory", "16384", "verified QR tokens that are remembered"),
    ("retention_days", "0", "days that personal data is kept once a ticket is over; 0: for ever"),
    (
        "limit_scan",
        "100/s:200",
        "scans and undos of a terminal or operator: RATE/s or RATE/min[:BURST], or off",
    ),
    ("limit_look", "100/s:200", "looks at QR codes of a terminal, operator or API key"),
    ("limit_generate", "10/s:20", "orders of tickets of an API key"),
    ("limit_issue", "500/s:5000", "QR codes issued and fetched of an API key"),
    ("limit_read", "50/s:200", "lists, reports and look-ups of a terminal, operator or API key"),
    ("limit_manage", "20/s:100", "administration of an operator"),
    (
        "limit_enter",
        "30/min:100",
        "log-ins and pairings that fail from an address; changes of an operator's own password",
    ),
    (
        "limit_failures",
        "120/min:240",
        "junk codes of a credential; wrong credentials from an address",
    ),
    ("grace_seconds", "30", "time to finish what is in flight at SIGTERM"),
];

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--config`
    pub config: Option<PathBuf>,
    /// Settings by name.
    pub settings: BTreeMap<&'static str, String>,
    /// Other defaults than the usual ones, by name.
    pub defaults: BTreeMap<&'static str, &'static str>,
}

impl Flags {
    /// Sets one, if it was given.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.settings.insert(name, value.to_string());
        }
        self
    }

    /// Gives one another default than the usual one.
    #[must_use]
    pub fn or_default(mut self, name: &'static str, value: &'static str) -> Self {
        self.defaults.insert(name, value);
        self
    }
}

/// A setting that is in force.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Effective {
    /// Its name.
    pub name: &'static str,
    /// Its value, which may be secret.
    pub value: String,
    /// Where it came from.
    pub source: String,
    /// What it means.
    pub meaning: &'static str,
}

impl Effective {
    /// The value as it may be printed: without keys and passwords.
    #[must_use]
    pub fn shown_value(&self) -> String {
        match self.name {
            _ if self.value.is_empty() => String::new(),
            "keys" => "..".to_owned(),
            "database_url" => Target::parse(&self.value)
                .map_or_else(|_| "..".to_owned(), |target| target.to_string()),
            _ => self.value.clone(),
        }
    }
}

/// All settings as they are given.
///
/// # Errors
/// A settings file that cannot be read.
pub(super) fn given(flags: &Flags) -> Result<Vec<Effective>, ConfigError> {
    let file = read_file(flags.config.as_deref())?;
    let setting = |(name, default, meaning): &(&'static str, &str, &'static str)| {
        let variable = variable(name);
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let from_environment = std::env::var(&variable).ok().filter(|value| !value.is_empty());
        let given = flags.settings.get(name).map(|value| (value.clone(), "flag".to_owned()));
        let (value, source) = given
            .or_else(|| from_environment.map(|value| (value, variable)))
            .or_else(|| file.get(*name).cloned())
            .unwrap_or_else(|| {
                let default = flags.defaults.get(name).unwrap_or(default);
                ((*default).to_owned(), "default".to_owned())
            });
        Effective { name, value, source, meaning }
    };
    Ok(SETTINGS.iter().map(setting).collect())
}

/// The environment variables of the rate limits.
pub fn limit_variables() -> impl Iterator<Item = String> {
    let names = SETTINGS.iter().map(|(name, _, _)| *name);
    names.filter(|name| name.starts_with("limit_")).map(variable)
}

/// The environment variable of a setting.
fn variable(name: &str) -> String {
    if name == "database_url" {
        return "DATABASE_URL".to_owned();
    }
    format!("TICKETGATE_{}", name.to_ascii_uppercase())
}

/// What is wrong with a file, and where: without its lines, which may hold passwords and keys.
fn told(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.split('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{} at line {line}, column {column}", error.message())
}

type FileSettings = BTreeMap<String, (String, String)>;

/// The named file, or `ticketgate.toml` in the working directory if there is one.
fn read_file(named: Option<&Path>) -> Result<FileSettings, ConfigError> {
    let path = named.unwrap_or(Path::new("ticketgate.toml"));
    if named.is_none() && !path.exists() {
        return Ok(FileSettings::new());
    }
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Io { path: path.to_owned(), source })?;
    let wrong = |problem: String| ConfigError::File { path: path.to_owned(), problem };
    let table: toml::Table = text.parse().map_err(|error| wrong(told(&error, &text)))?;
    let mut settings = FileSettings::new();
    for (name, value) in table {
        if !SETTINGS.iter().any(|(known, _, _)| *known == name) {
            return Err(wrong(format!(
                "there is no setting {name}; `ticketgate config` lists them"
            )));
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            toml::Value::Float(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_)
            | toml::Value::Table(_) => {
                return Err(wrong(format!("{name} must be a text, a whole number, true or false")));
            }
        };
        settings.insert(name, (value, path.display().to_string()));
    }
    Ok(settings)
}
