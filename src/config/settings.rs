//! The settings, checked.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::error::ConfigError;
use super::sizes::effective;
use super::sources::Flags;
use super::transport::TransportSettings;
use super::values::Values;
use crate::access::{Class, Limit, LimitSettings, Limits};
use crate::db::{DbSettings, Target, Timeouts};
use crate::kernel::Currency;
use crate::ota::GenerateSettings;
use crate::token::KeyRing;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json"),
        }
    }
}

/// What a server process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Requests and background jobs.
    All,
    /// Requests only.
    Web,
    /// Background jobs only.
    Worker,
}

impl FromStr for Role {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self::All),
            "web" => Ok(Self::Web),
            "worker" => Ok(Self::Worker),
            _ => Err("must be all, web or worker"),
        }
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder of the SQLite file and the key ring.
    pub data_dir: PathBuf,
    /// The database and its threads.
    pub db: DbSettings,
    /// How clients are spoken to.
    pub transport: TransportSettings,
    /// Where to listen.
    pub bind: SocketAddr,
    /// How tickets are generated.
    pub generate: GenerateSettings,
    /// What this process does.
    pub role: Role,
    /// Which log lines.
    pub log: String,
    /// How they look.
    pub log_format: LogFormat,
    /// How long after a redemption it can be undone.
    pub undo_window: TimeDelta,
    /// How long an operator stays logged in.
    pub session_length: TimeDelta,
    /// Whether everybody may read the metrics.
    pub metrics_open: bool,
    /// HTTP threads.
    pub workers: usize,
    /// Open client connections.
    pub max_connections: usize,
    /// Verified tokens that are remembered.
    pub token_memory: usize,
    /// Days that personal data is kept once a ticket is over; none: for ever.
    pub retention_days: Option<u32>,
    /// Time to finish what is in flight.
    pub grace: Duration,
    /// How often anybody may ask.
    pub limits: LimitSettings,
    /// The key ring, where it is a setting and not a file.
    pub keys: Option<KeyRing>,
}

impl Settings {
    /// Reads and checks all settings.
    ///
    /// # Errors
    /// The first that is not usable, by name.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let values = Values(effective(flags)?);
        let data_dir: PathBuf = values.get("data_dir")?;
        let db = DbSettings {
            target: values.with("database_url", |url| match url {
                "" => Ok(Target::Sqlite(data_dir.join("ticketgate.db"))),
                url => Target::parse(url).map_err(|error| error.to_string()),
            })?,
            pool: values.number("db_pool", 0, 256)?,
            lanes: values.number("db_lanes", 0, 256)?,
            batch: values.number("batch", 1, 1024)?,
            queue: values.number("queue", 0, 1_000_000)?,
            timeouts: timeouts(&values)?,
        };
        let generate = GenerateSettings {
            timezone: values.get::<Tz>("timezone").map_err(name_a_zone)?,
            currency: values.with("currency", |text| {
                Currency::parse(text).map_err(|error| error.to_string())
            })?,
            chunk: values.number("generate_chunk", 1, 5000)?,
        };
        Ok(Self {
            transport: TransportSettings::load(&values)?,
            db,
            generate,
            data_dir,
            bind: values.with("bind", |text| {
                text.parse()
                    .map_err(|_| "must be an address and a port such as 127.0.0.1:8080".to_owned())
            })?,
            role: values.get("role")?,
            log: values.get("log")?,
            log_format: values.get("log_format")?,
            undo_window: TimeDelta::hours(values.number("undo_hours", 0, 8760)?),
            session_length: TimeDelta::hours(values.number("session_hours", 1, 8760)?),
            metrics_open: values.flag("metrics_open")?,
            workers: values.number("workers", 0, 256)?,
            max_connections: values.number("max_connections", 1, 1_000_000)?,
            token_memory: values.number("token_memory", 0, 10_000_000)?,
            retention_days: Some(values.number("retention_days", 0, 36_500)?)
                .filter(|&days| days > 0),
            grace: Duration::from_secs(values.number("grace_seconds", 0, 3600)?),
            limits: limits(&values)?,
            keys: values.with("keys", |json| match json {
                "" => Ok(None),
                json => KeyRing::parse(json).map(Some).map_err(|error| error.to_string()),
            })?,
        })
    }

    /// Where the key ring is.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("keys.json")
    }
}

fn timeouts(values: &Values) -> Result<Timeouts, ConfigError> {
    let seconds = |name, least, most| values.number(name, least, most).map(Duration::from_secs);
    Ok(Timeouts {
        // libpq waits for two seconds at least.
        connect: seconds("db_connect_seconds", 2, 60)?,
        statement: seconds("db_statement_seconds", 1, 3600)?,
        lock: seconds("db_lock_seconds", 1, 3600)?,
    })
}

fn limits(values: &Values) -> Result<LimitSettings, ConfigError> {
    let settings = [
        (Class::Scan, "limit_scan"),
        (Class::Look, "limit_look"),
        (Class::Generate, "limit_generate"),
        (Class::Issue, "limit_issue"),
        (Class::Read, "limit_read"),
        (Class::Manage, "limit_manage"),
        (Class::Enter, "limit_enter"),
    ];
    let mut classes = Limits::default();
    for (class, name) in settings {
        classes = classes.with(class, Some(values.get::<Limit>(name)?));
    }
    Ok(LimitSettings { classes, failures: values.get("limit_failures")? })
}

fn name_a_zone(error: ConfigError) -> ConfigError {
    match error {
        ConfigError::Setting { name, value, source_name, .. } => ConfigError::Setting {
            name,
            value,
            source_name,
            problem: "must be an IANA time zone such as Asia/Hong_Kong".to_owned(),
        },
        other @ (ConfigError::File { .. }
        | ConfigError::Io { .. }
        | ConfigError::NoKeys(_)
        | ConfigError::OpenKeys { .. }
        | ConfigError::Ring(_)) => other,
    }
}
