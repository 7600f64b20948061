//! A PostgreSQL of the test's own, which it may stop and start again. It listens on a socket in its folder only.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::database::TestDatabase;

/// Processes die in these tests, and the machine does not, so nothing has to reach the disk; but a commit that is
/// answered has reached the kernel.
const SETTINGS: &str = "
listen_addresses = ''
max_connections = 100
shared_buffers = 32MB
fsync = off
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
";

/// See the module; stopped with the test.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    /// PostgreSQL refuses to run as root.
    owner: Option<(u32, u32)>,
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn id_of(user: &str) -> Option<(u32, u32)> {
    let id = |what| {
        let output = Command::new("id").args([what, user]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim_end().parse().ok()
    };
    Some((id("-u")?, id("-g")?))
}

impl Cluster {
    /// A new one in a temporary folder.
    pub fn start() -> Self {
        Self::start_in(&std::env::temp_dir())
    }

    /// A new one in a folder of its own inside this one.
    pub fn start_in(place: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/postgres-programs");
        let programs = PathBuf::from(said(&mut Command::new(script)));
        let folder = tempfile::Builder::new().prefix("ticketgate-pg-").tempdir_in(place).unwrap();
        let is_root = said(Command::new("id").arg("-u")) == "0";
        let owner = is_root.then(|| id_of("postgres").or_else(|| id_of("nobody")).unwrap());
        if let Some((user, group)) = owner {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let cluster = Self { folder, programs, owner };
        let made = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
        cluster.run("initdb", &made);
        let file = cluster.data().join("postgresql.conf");
        let text = std::fs::read_to_string(&file).unwrap();
        let socket = format!("unix_socket_directories = '{}'\n", cluster.folder.path().display());
        std::fs::write(&file, text + SETTINGS + &socket).unwrap();
        cluster.start_again();
        cluster
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    #[track_caller]
    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-D").arg(self.data()).args(arguments).current_dir(self.folder.path());
        // Away from the terminal's signals, as the server outlives the program that starts it.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        let status = command.status().unwrap();
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        assert!(status.success(), "{program} {arguments:?}: {status}\n{log}");
    }

    /// Starts it, and waits until it takes connections.
    #[track_caller]
    pub fn start_again(&self) {
        let log = self.folder.path().join("log");
        self.run("pg_ctl", &["start", "-w", "-s", "-l", log.to_str().unwrap()]);
    }

    /// Ends it without any leave-taking: every connection breaks, and the next start recovers.
    #[track_caller]
    pub fn stop_at_once(&self) {
        self.run("pg_ctl", &["stop", "-w", "-s", "-m", "immediate"]);
    }

    /// Its one database, with a folder for the keys.
    pub fn database(&self) -> TestDatabase {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        TestDatabase::at(format!("postgres://postgres@{folder}/postgres"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            self.stop_at_once();
        }
    }
}
