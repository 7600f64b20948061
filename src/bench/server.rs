//! A server of the benchmark's own: `serve`, as people run it, in a process of its own and without rate limits.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::error::BenchError;
use crate::config::limit_variables;

/// See the module. It ends with this value.
#[derive(Debug)]
pub(super) struct OwnServer {
    child: Child,
    /// `HOST:PORT`
    pub(super) address: String,
}

impl OwnServer {
    /// Starts this program with these arguments, which make it `serve` on a free port. What it logs goes into a file.
    pub(super) fn start(
        program: &Path,
        arguments: &[String],
        log: &Path,
    ) -> Result<Self, BenchError> {
        let io = |source| BenchError::Io { path: log.display().to_string(), source };
        let mut command = Command::new(program);
        command.args(arguments);
        command.envs(limit_variables().map(|name| (name, "off")));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(File::create(log).map_err(io)?);
        let child = command.spawn();
        let child = child
            .map_err(|source| BenchError::Io { path: program.display().to_string(), source })?;
        let mut server = Self { child, address: String::new() };
        let output = server.child.stdout.take();
        let line = output.and_then(|output| BufReader::new(output).lines().next()?.ok());
        let said = || fs::read_to_string(log).unwrap_or_default().trim_end().to_owned();
        let line = line.ok_or_else(|| BenchError::Start(said()))?;
        let address = line.split_once("listens on http://").map(|(_, address)| address.trim());
        address
            .ok_or_else(|| {
                BenchError::Start(
                    "it speaks HTTPS, which the benchmark does not; unset tls_cert".to_owned(),
                )
            })?
            .clone_into(&mut server.address);
        Ok(server)
    }

    /// Its resident memory in MiB, where the system tells it as Linux does.
    pub(super) fn memory(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some((kib / 1024.0).round())
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // What it answered is in the database already, and nobody waits for anything else.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
