//! What the servers of the suite log, and what must not be in it, side by side in files for `scripts/private-logs`.
//!
//! Every client records the secrets and the personal data that it sends and receives, every server its log. The files
//! carry the process's id, since each test may have a process of its own.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, create_dir_all};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, Once, OnceLock};

use env_logger::Target;
use serde_json::Value;
use ticketgate::app::logger;
use ticketgate::config::Settings;

/// Everything that a server can say, and nothing of the test's own client.
const LOG_ALL: &str = "debug,ticketgate=trace,ureq=off,ureq_proto=off";

/// Values that are shorter may be found anywhere.
const SHORTEST: usize = 6;
/// Characters of a value that are recorded: enough to know it by, for tokens are long and many.
const LONGEST: usize = 48;

/// Words of the log itself, which a test may send in the place of a secret.
const ORDINARY: [&str; 3] = ["operator", "password", "request"];

fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("server-logs");
        create_dir_all(&folder).unwrap();
        folder
    })
}

/// Notes what was not run, in a file beside the logs.
pub fn note(text: &str) {
    writeln!(open("not-run.notes"), "{text}").unwrap();
}

fn open(name: &str) -> File {
    OpenOptions::new().create(true).append(true).open(folder().join(name)).unwrap()
}

/// Starts the log of the servers inside this process.
pub fn log_servers(settings: &Settings) {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let file = open(&format!("inside-{}.log", std::process::id()));
        let settings = Settings { log: LOG_ALL.to_owned(), ..settings.clone() };
        logger(&settings).target(Target::Pipe(Box::new(file))).init();
    });
}

/// For how long each crash scenario is played, where this is a soak: it would log too much for any disk.
#[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
pub fn soak_seconds() -> Option<u64> {
    std::env::var("SOAK_SECONDS").ok().map(|text| text.parse().unwrap())
}

/// Makes a server process log all that it can, unless the test has said what.
pub fn log_all(command: &mut Command) {
    if command.get_envs().all(|(name, _)| name != "TICKETGATE_LOG") {
        command.env("TICKETGATE_LOG", if soak_seconds().is_some() { "info" } else { LOG_ALL });
    }
}

/// The file for the log of a server process.
pub fn log_of_process(id: &str) -> File {
    open(&format!("process-{}-{id}.log", std::process::id()))
}

/// Records a value that no log may hold.
pub fn record(value: &str) {
    static RECORDED: OnceLock<Mutex<(HashSet<String>, File)>> = OnceLock::new();
    let recorded = RECORDED.get_or_init(|| {
        Mutex::new((HashSet::new(), open(&format!("private-{}.values", std::process::id()))))
    });
    for line in value.lines().map(str::trim) {
        let short: String = line.chars().take(LONGEST).collect();
        let mut letters = line.chars();
        let first = letters.next();
        // A letter again and again is no secret, and may stand anywhere.
        if ORDINARY.contains(&line) || letters.all(|letter| Some(letter) == first) {
            continue;
        }
        let mut recorded = recorded.lock().unwrap();
        if line.chars().count() >= SHORTEST && recorded.0.insert(short.clone()) {
            writeln!(recorded.1, "{short}").unwrap();
        }
    }
}

/// Records the credential in a header.
pub fn record_header(name: &str, value: &str) {
    match name.to_ascii_lowercase().as_str() {
        "x-api-key" | "x-terminal-key" => record(value),
        "authorization" => record(value.split_once(' ').map_or(value, |(_, token)| token)),
        _ => {}
    }
}

fn is_private(name: &str) -> bool {
    const NAMES: [&str; 7] = [
        "api_key",
        "terminal_key",
        "operator_token",
        "encrypted_data",
        "pairing_code",
        "email",
        "phone",
    ];
    NAMES.contains(&name) || name.contains("password")
}

/// Records what is private in a body that is sent or received.
pub fn record_body(body: &Value) {
    if let Some(items) = body.as_array() {
        items.iter().for_each(record_body);
    }
    for (name, value) in body.as_object().into_iter().flatten() {
        if is_private(name) {
            value.as_str().into_iter().for_each(record);
        }
        if name == "customer_info" {
            value["name"].as_str().into_iter().for_each(record);
        }
        record_body(value);
    }
}
