//! Log lines: for people, or a JSON object each. What is logged carries no personal data, token or secret.

use std::io::Write;

use env_logger::fmt::Formatter;
use log::Record;
use log::kv::{Error, Key, Value, VisitSource};
use serde_json::{Map, json};

use crate::config::{LogFormat, Settings};
use crate::kernel::Clock;

/// Starts logging to standard error as the settings say. A second start changes nothing.
pub(super) fn start_logging(settings: &Settings) {
    // A second logger is refused, and the first one goes on.
    drop(logger(settings).try_init());
}

/// The logger that the settings ask for, before it is started.
#[must_use]
pub fn logger(settings: &Settings) -> env_logger::Builder {
    let mut builder = env_logger::Builder::new();
    builder.parse_filters(&settings.log);
    match settings.log_format {
        LogFormat::Text => builder.format(text_line),
        LogFormat::Json => builder.format(json_line),
    };
    builder
}

/// Writes pairs behind a line's text.
struct AsText<'f>(&'f mut Formatter);

impl<'kvs> VisitSource<'kvs> for AsText<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        Ok(write!(self.0, " {key}={value}")?)
    }
}

fn text_line(out: &mut Formatter, record: &Record<'_>) -> std::io::Result<()> {
    write!(out, "{} {:5} {}", Clock::System.now(), record.level(), record.args())?;
    record.key_values().visit(&mut AsText(out)).map_err(std::io::Error::other)?;
    writeln!(out)
}

/// Puts pairs into a line's object.
struct AsJson<'l>(&'l mut Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for AsJson<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let (key, value) = (key.to_string(), value.to_string());
        let number = value.parse::<f64>().ok().filter(|_| key == "status" || key == "duration_ms");
        self.0.insert(key, number.map_or_else(|| json!(value), |number| json!(number)));
        Ok(())
    }
}

fn json_line(out: &mut Formatter, record: &Record<'_>) -> std::io::Result<()> {
    let mut line = Map::new();
    line.insert("ts".to_owned(), json!(Clock::System.now()));
    line.insert("level".to_owned(), json!(record.level().as_str()));
    line.insert("message".to_owned(), json!(record.args().to_string()));
    record.key_values().visit(&mut AsJson(&mut line)).map_err(std::io::Error::other)?;
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)
}
