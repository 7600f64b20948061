//! A venue as its owner sets it up for real: by commands, in production mode.

use std::process::Command;

use super::actors::{Gate, Partner};
use super::database::{TestDatabase, is_postgres};
use super::process::{ServerProcess, command, run_json};

/// A database and a folder with everything that `serve` needs.
pub struct Site {
    /// The database, and the folder with the keys.
    pub database: TestDatabase,
    /// The key of the partner `acme`, which may do everything.
    pub api_key: String,
    /// The key of the terminal `GATE-1`, which stands at `pier`.
    pub terminal_key: String,
}

impl Site {
    /// Keys, product 106 (CP: ferry and gift, one use each), the venue `pier`, a partner and a terminal.
    pub fn new() -> Self {
        Self::on(TestDatabase::empty())
    }

    /// The same on a database that is there already, without any table.
    pub fn on(database: TestDatabase) -> Self {
        run_json(&database, &["keys", "generate"]);
        let product = ["product", "create", "CP", "--name", "Cruise", "--id", "106"];
        run_json(
            &database,
            &[&product[..], &["--function", "ferry", "--function", "gift"]].concat(),
        );
        run_json(&database, &["venue", "create", "pier", "--functions", "ferry,gift"]);
        let partner = run_json(&database, &["partner", "create", "acme"]);
        let terminal = run_json(&database, &["terminal", "create", "GATE-1", "--venue", "pier"]);
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        Self {
            database,
            api_key: text(&partner["api_key"]),
            terminal_key: text(&terminal["terminal_key"]),
        }
    }

    /// `serve` on a free port.
    pub fn serve(&self) -> ServerProcess {
        ServerProcess::serve(&self.database)
    }

    /// `serve` on a free port, with other settings from the environment.
    pub fn serve_with(&self, settings: &[(&str, &str)]) -> ServerProcess {
        let mut command = self.command(&["serve", "--bind", "127.0.0.1:0"]);
        command.envs(settings.iter().copied());
        ServerProcess::spawn(command)
    }

    /// `serve` as many times as the database takes: three servers over PostgreSQL, one over SQLite.
    pub fn servers(&self) -> Vec<ServerProcess> {
        (0..if is_postgres() { 3 } else { 1 }).map(|_| self.serve()).collect()
    }

    /// A command on this site.
    pub fn command(&self, arguments: &[&str]) -> Command {
        command(&self.database, arguments)
    }

    /// `operator` with a password on standard input; gives what it prints. It must succeed.
    #[track_caller]
    pub fn operator(&self, arguments: &[&str], password: &str) -> serde_json::Value {
        let file = self.database.folder.path().join("password");
        std::fs::write(&file, format!("{password}\n")).unwrap();
        let mut command = self.command(&[&["operator"], arguments, &["--json"]].concat());
        let output = command.stdin(std::fs::File::open(file).unwrap()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The partner, at this server.
    pub fn partner(&self, server: &ServerProcess) -> Partner {
        Partner { client: server.client().with("X-API-Key", &self.api_key) }
    }

    /// The terminal, at this server.
    pub fn gate(&self, server: &ServerProcess) -> Gate {
        let client = server.client().with("X-Terminal-Key", &self.terminal_key);
        Gate { client, device: "GATE-1".to_owned() }
    }

    /// Issues codes for new tickets over several connections; gives ticket codes with their tokens.
    pub fn tokens(&self, server: &ServerProcess, quantity: usize) -> Vec<(String, String)> {
        let codes = self.partner(server).generate(quantity);
        let issue = |part: &[String]| -> Vec<(String, String)> {
            let partner = self.partner(server);
            part.iter().map(|code| (code.clone(), partner.token(code))).collect()
        };
        let issue = &issue;
        std::thread::scope(|scope| {
            let parts = codes.chunks(quantity.div_ceil(4));
            let threads: Vec<_> = parts.map(|part| scope.spawn(move || issue(part))).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        })
    }
}
