//! A server inside the test's process: on a real socket, on a database of its own, with a clock that the test sets.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{OnceLock, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use serde_json::json;
use ticketgate::access::{
    AdminPermit, Asker, NewOperator, NewPartner, NewTerminal, Openness, Password, PasswordHash,
    PermissionSet, Principal, ScanPermit, create_operator, create_partner, create_terminal,
    hash_password, judge,
};
use ticketgate::app::{App, AppError, AppSettings, DEMO_API_KEY, demo_openness, seed_demo, server};
use ticketgate::config::{Flags, Settings};
use ticketgate::db::{DbError, DbSettings, Session, Tx};
use ticketgate::kernel::{
    Clock, FunctionCode, ManualClock, PartnerCode, Secret, Timestamp, Username, VenueCode,
};
use ticketgate::redemption::{Attempt, Scan, ScanDetails, VenueFinding};
use ticketgate::token::{Claims, KeyRing, Tokens};

use super::actors::{Gate, Partner};
use super::client::{Client, Reply};
use super::database::TestDatabase;
use super::records::log_servers;

/// See the module.
pub struct TestApp {
    /// Its address, such as `http://127.0.0.1:40123`.
    pub base: String,
    /// Its clock.
    pub clock: ManualClock,
    /// The server's own parts.
    pub app: App,
    /// Its database.
    pub database: TestDatabase,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

/// When every test begins, as answers write it.
pub const START: &str = "2026-11-21T02:00:00.000Z";
/// The password of a test's operators.
pub const PASSWORD: &str = "correct horse battery";

/// The hash of [`PASSWORD`], made once: hashing is slow on purpose.
fn password_hash() -> PasswordHash {
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    let password = || Password::parse(Secret::new(PASSWORD.to_owned())).unwrap();
    HASH.get_or_init(|| hash_password(&password()).unwrap()).clone()
}

/// The settings of limits. They are off in tests, which ask as fast as they can, and whose clock stands still; those
/// that are about limits say which they want.
pub const LIMITS: [&str; 8] = [
    "limit_scan",
    "limit_look",
    "limit_generate",
    "limit_issue",
    "limit_read",
    "limit_manage",
    "limit_enter",
    "limit_failures",
];

impl TestApp {
    /// A demo: without credentials one is a supervisor, and `test_partner` has the well-known key.
    pub fn demo() -> Self {
        Self::start(demo_openness().unwrap(), &[])
    }

    /// The same products and venues, but everybody needs credentials.
    pub fn closed() -> Self {
        Self::start(Openness::Closed, &[])
    }

    /// Like [`TestApp::closed`], with these limits, such as `("limit_scan", "2/s")`, and no others.
    pub fn limited(limits: &[(&'static str, &str)]) -> Self {
        Self::start(Openness::Closed, limits)
    }

    /// Like [`TestApp::demo`], with other settings of the database than the usual ones.
    pub fn with_database(change: impl FnOnce(DbSettings) -> DbSettings) -> Self {
        Self::start_on(change, demo_openness().unwrap(), &[])
    }

    /// This server, and an admin `anna` who is logged in.
    pub fn with_admin(self) -> (Self, Client) {
        let admin = self.operator("anna", "admin");
        (self, admin)
    }

    fn start(openness: Openness, limits: &[(&'static str, &str)]) -> Self {
        Self::start_on(|usual| usual, openness, limits)
    }

    fn start_on(
        change: impl FnOnce(DbSettings) -> DbSettings,
        openness: Openness,
        limits: &[(&'static str, &str)],
    ) -> Self {
        let database = TestDatabase::migrated();
        let now = Timestamp::parse(START).unwrap();
        database.session().write(|tx| seed_demo(tx, now)).unwrap();
        let folder = PathBuf::from(database.folder.path());
        let flags = Flags::default()
            .with("data_dir", Some(folder.display()))
            .with("timezone", Some("Asia/Hong_Kong"));
        let flags = LIMITS.into_iter().fold(flags, |flags, name| flags.with(name, Some("off")));
        let flags = limits.iter().fold(flags, |flags, (name, limit)| flags.with(name, Some(limit)));
        let mut settings = Settings::load(&flags).unwrap();
        settings.db = change(database.settings());
        log_servers(&settings);
        let clock = ManualClock::at(now);
        let app = App::open(AppSettings {
            settings,
            clock: Clock::Manual(clock.clone()),
            openness,
            ring: KeyRing::generate(now).unwrap(),
        })
        .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (handle, thread) = run(app.clone(), listener);
        Self { base, clock, app, database, handle, thread: Some(thread) }
    }

    /// A client without credentials.
    pub fn client(&self) -> Client {
        Client::new(&self.base)
    }

    /// The demo's partner.
    pub fn partner(&self) -> Partner {
        Partner { client: self.client().with("X-API-Key", DEMO_API_KEY) }
    }

    /// A new partner with its own key and these permissions, all of them where nothing is said.
    pub fn new_partner(&self, code: &str, permissions: &str) -> Partner {
        let permissions = if permissions.is_empty() {
            PermissionSet::all()
        } else {
            permissions.parse().unwrap()
        };
        let partner_code = PartnerCode::parse(code).unwrap();
        let partner = NewPartner { partner_code, partner_name: None, permissions };
        let key =
            self.administer(|tx, admin, now| create_partner(tx, admin, partner, now).unwrap());
        Partner { client: self.client().with("X-API-Key", &key.api_key) }
    }

    /// The demo's visitor with a scanner, at no venue.
    pub fn gate(&self) -> Gate {
        Gate { client: self.client(), device: "TERMINAL-CP-001".to_owned() }
    }

    /// A new terminal with its own key at a venue.
    pub fn terminal(&self, id: &str, venue: &str) -> Gate {
        self.terminal_for(id, venue, &[])
    }

    /// A new terminal with its own key at a venue, for these functions, all of them where none is named.
    pub fn terminal_for(&self, id: &str, venue: &str, functions: &[&str]) -> Gate {
        let codes = functions.iter().map(|code| FunctionCode::parse(code).unwrap());
        let terminal = NewTerminal {
            terminal_device_id: id.to_owned(),
            venue_code: VenueCode::parse(venue).unwrap(),
            functions: (!functions.is_empty()).then(|| codes.collect()),
        };
        let key =
            self.administer(|tx, admin, now| create_terminal(tx, admin, terminal, now).unwrap());
        let client = self.client().with("X-Terminal-Key", &key.terminal_key);
        Gate { client, device: id.to_owned() }
    }

    /// A new operator with the password [`PASSWORD`].
    pub fn new_operator(&self, username: &str, role: &str) {
        let operator = NewOperator {
            username: Username::parse(username).unwrap(),
            display_name: None,
            role: role.parse().unwrap(),
            password_hash: password_hash(),
        };
        self.administer(|tx, admin, now| create_operator(tx, admin, operator, now).unwrap());
    }

    /// Tries to log in.
    pub fn log_in(&self, username: &str, password: &str) -> Reply {
        let body = json!({"username": username, "password": password});
        self.client().post("/operators/login", &body)
    }

    /// A client of an operator who has the password [`PASSWORD`], in a session of its own.
    pub fn session_of(&self, username: &str) -> Client {
        let token = self.log_in(username, PASSWORD).expect(200).text_at("/operator_token");
        self.client().with("Authorization", &format!("Bearer {token}"))
    }

    /// A client of a new operator who is logged in.
    pub fn operator(&self, username: &str, role: &str) -> Client {
        self.new_operator(username, role);
        self.session_of(username)
    }

    /// Runs administration in a transaction of its own.
    pub fn administer<T>(&self, work: impl FnOnce(&mut Tx, &AdminPermit, Timestamp) -> T) -> T {
        let now = Timestamp::parse(START).unwrap();
        let admin = AdminPermit::for_command_line();
        self.session().write(|tx| Ok::<T, DbError>(work(tx, &admin, now))).unwrap()
    }

    /// A connection of the test's own.
    pub fn session(&self) -> Session {
        self.database.session()
    }

    /// A token that the server's own keys seal, whatever it says.
    pub fn seal(&self, claims: &Claims) -> String {
        self.tokens().seal(claims, &self.tokens().next_seal().unwrap()).unwrap()
    }

    /// The server's keys.
    pub fn tokens(&self) -> &Tokens {
        &self.app.tokens
    }

    /// A scan of a token for the use case itself, by a visitor at no venue.
    pub fn scan(&self, token: &str, function: &str, details: ScanDetails) -> Scan {
        let asker = Asker::new(Some(Principal::DemoVisitor), None, "test");
        let attempt = Attempt {
            claims: self.tokens().open(token).unwrap().claims,
            function_code: FunctionCode::parse(function).unwrap(),
            venue: VenueFinding::NotGiven,
        };
        Scan::new(&judge::<ScanPermit>(&asker).unwrap(), attempt, details)
    }
}

/// Runs the server in a thread of its own.
fn run(app: App, listener: TcpListener) -> (ServerHandle, JoinHandle<()>) {
    let (send, receive) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new()
            .block_on(async move {
                let server = server(&app, vec![listener])?;
                send.send(server.handle()).unwrap();
                drop(app);
                server.await.map_err(AppError::from)
            })
            .unwrap();
    });
    (receive.recv().unwrap(), thread)
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let stop = self.handle.stop(false);
        actix_web::rt::System::new().block_on(stop);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        self.app.db.close();
    }
}
