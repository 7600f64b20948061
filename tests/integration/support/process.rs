//! The real binary: commands that end, and servers that are ended by their process id.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;
use ticketgate::kernel::Stopwatch;

use super::client::Client;
use super::database::TestDatabase;
use super::records::{log_all, log_of_process};
use super::test_app::LIMITS;

/// The binary with a database's folder and URL, without limits, and nothing else from the environment.
pub fn command(database: &TestDatabase, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticketgate"));
    command.env_clear().current_dir(database.folder.path());
    command.env("DATABASE_URL", database.url()).env("TICKETGATE_DATA_DIR", database.folder.path());
    command.envs(LIMITS.map(|name| (format!("TICKETGATE_{}", name.to_uppercase()), "off")));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(database: &TestDatabase, arguments: &[&str]) -> Output {
    command(database, arguments).output().unwrap()
}

/// Runs a command that must succeed; gives what it prints as JSON.
#[track_caller]
pub fn run_json(database: &TestDatabase, arguments: &[&str]) -> serde_json::Value {
    let output = run(database, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Who runs commands, as the audit log names it.
pub fn command_line() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    format!("command-line:{}", String::from_utf8(output.stdout).unwrap().trim_end())
}

/// What a command that must fail with exit code 1 says on standard error: one line.
#[track_caller]
pub fn failure(mut command: Command) -> String {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // A server that starts after all would go on for ever.
    if let Some(line) = output.find(|line| line.contains("listens on")) {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("it started: {line}");
    }
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text.trim_end().to_owned()
}

/// Asks again and again until there is an answer, for what happens in a process of its own.
#[track_caller]
pub fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let watch = Stopwatch::start();
    while watch.elapsed() < Duration::from_secs(30) {
        if let Some(answer) = ask() {
            return answer;
        }
        std::thread::yield_now();
    }
    panic!("{what} did not happen in time");
}

/// Asks again and again until there is an answer, for what must be so within a second of a change that has just been
/// answered: whoever asks later than that must get it.
#[track_caller]
pub fn within_a_second<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let answered = Stopwatch::start();
    loop {
        let asked_after = answered.elapsed();
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(asked_after < Duration::from_secs(1), "{what}: not so after {asked_after:?}");
    }
}

/// A running server.
pub struct ServerProcess {
    /// Its address.
    pub base: String,
    child: Child,
    said: Arc<Mutex<String>>,
    log: Option<JoinHandle<String>>,
}

impl ServerProcess {
    /// Starts `serve` or `demo` on a free port and waits until it says where it listens.
    pub fn start(database: &TestDatabase, arguments: &[&str]) -> Self {
        Self::spawn(command(database, arguments))
    }

    /// Starts a `serve` or `demo` that was prepared, and waits until it says where it listens. It logs all that it
    /// can, unless the test has said what.
    pub fn spawn(mut command: Command) -> Self {
        log_all(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let mut file = log_of_process(&child.id().to_string());
        let said = Arc::new(Mutex::new(String::new()));
        let listener = Arc::clone(&said);
        let log = std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                writeln!(file, "{line}").unwrap();
                let mut said = listener.lock().unwrap();
                said.push_str(&line);
                said.push('\n');
            }
            listener.lock().unwrap().trim_end().to_owned()
        });
        let Some(Ok(line)) = output.next() else {
            panic!("the server ended before it listened: {}", log.join().unwrap());
        };
        let (_, rest) = line.split_once("listens on ").unwrap();
        let base = rest.split_whitespace().next().unwrap().to_owned();
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || output.for_each(drop));
        Self { base, child, said, log: Some(log) }
    }

    /// Starts `serve` on a free port.
    pub fn serve(database: &TestDatabase) -> Self {
        Self::start(database, &["serve", "--bind", "127.0.0.1:0"])
    }

    /// A client without credentials.
    pub fn client(&self) -> Client {
        Client::new(&self.base)
    }

    /// A client of an operator, in a session of its own.
    #[track_caller]
    pub fn log_in(&self, username: &str, password: &str) -> Client {
        let body = json!({"username": username, "password": password});
        let reply = self.client().post("/operators/login", &body).expect(200);
        self.client().with("Authorization", &format!("Bearer {}", reply.text_at("/operator_token")))
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until its log has a text.
    #[track_caller]
    pub fn until_said(&self, text: &str) {
        eventually(text, || self.said.lock().unwrap().contains(text).then_some(()));
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").args(["-s", name, &self.id().to_string()]).status();
        assert!(done.unwrap().success());
    }

    /// Waits for its end; gives how it ended and its log.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.log.take().unwrap().join().unwrap())
    }

    /// Kills it on the spot, as a power cut would.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.take().unwrap().join().unwrap()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Already over where a test has waited for it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
