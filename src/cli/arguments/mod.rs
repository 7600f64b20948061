//! The arguments, as clap reads them.

mod access;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::bench::Workload;
use crate::config::Flags;

pub(super) use access::{
    ApiKeyCommand, AuditCommand, OperatorCommand, PartnerCommand, TerminalCommand,
};

/// Ticket redemption server for venues: bulk tickets over REST, encrypted and signed QR codes, each redeemed exactly
/// once.
#[derive(Debug, Parser)]
#[command(name = "ticketgate", version, about, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Folder of the SQLite file and the key ring [default: ./data; demo: ./data/demo]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// File of settings [default: ./ticketgate.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub(super) json: bool,
}

impl Arguments {
    pub(super) fn flags(&self) -> Flags {
        let folder = self.data_dir.as_ref().map(|folder| folder.display());
        let flags = Flags { config: self.config.clone(), ..Flags::default() };
        flags.with("data_dir", folder)
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start a demo on this machine: keys, products, venues and a partner are made, and everybody is let in
    Demo(DemoArguments),
    /// Start the server; everything needs credentials
    Serve(ServeArguments),
    /// Bring the database's schema up to date
    Migrate,
    /// Copy the SQLite database into a new file, while the server goes on
    Backup(BackupArguments),
    /// Manage the keys that seal and open QR codes
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Manage partners
    #[command(subcommand)]
    Partner(PartnerCommand),
    /// Manage the API keys of partners
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Manage terminals and their keys
    #[command(subcommand)]
    Terminal(TerminalCommand),
    /// Manage operators: stewards, supervisors and admins
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Manage venues
    #[command(subcommand)]
    Venue(VenueCommand),
    /// Manage products
    #[command(subcommand)]
    Product(ProductCommand),
    /// Erase personal data
    #[command(subcommand)]
    Privacy(PrivacyCommand),
    /// Read the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Measure how fast a server is: one of its own, over a database of its own, or one that runs
    Bench(BenchArguments),
    /// Show the settings in force, secrets hidden
    Config,
    /// Print the OpenAPI document
    Openapi,
    /// Print who may ask for which operation
    Permissions,
}

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// Port to listen on
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// Address to listen on; only this machine's own
    #[arg(long, value_name = "ADDRESS")]
    pub(super) bind: Option<std::net::IpAddr>,
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) bind: Option<String>,
    /// Speak HTTPS with the certificate in this file, its chain behind it, in PEM; read again at SIGHUP
    #[arg(long, value_name = "FILE")]
    pub(super) tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM
    #[arg(long, value_name = "FILE")]
    pub(super) tls_key: Option<PathBuf>,
    /// Speak HTTPS, for a trial, with a certificate that is made here for these names and addresses
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    pub(super) tls_self_signed: Option<Vec<String>>,
    /// all, web (requests only) or worker (background jobs only) [default: all]
    #[arg(long)]
    pub(super) role: Option<String>,
    /// text or json [default: text]
    #[arg(long)]
    pub(super) log_format: Option<String>,
    /// Refuse to start where the database needs migrations, instead of running them
    #[arg(long)]
    pub(super) no_migrate: bool,
}

#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    /// The file to make; there must be none of that name. The key ring is not in it: keep a copy of keys.json elsewhere
    pub(super) file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct BenchArguments {
    /// What to measure, in this order, with commas: health, scan, look, look-new, qr-none, qr-png, qr-svg, generate-1,
    /// generate-100, generate-5000, mixed, scan-while-generating, scan-half-load, scan-overload, scan-after-overload. What
    /// is named twice is measured twice, and others are compared with the mean. The last three come over 640 connections:
    /// half as fast as scan gave them over 64 before, three times as fast, and half again, from one second behind that on
    /// [default: all]
    #[arg(long = "workload", value_delimiter = ',', value_name = "NAME")]
    pub(super) workloads: Option<Vec<Workload>>,
    /// Over how many connections, with commas
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64, 256], value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) connections: Vec<u32>,
    /// Seconds for which each is measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) seconds: u64,
    /// Seconds for which each runs before that
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) warm_up: u64,
    /// Requests a second, sent when they are due whatever became of those before, so that latencies hide no waiting;
    /// without it each connection sends its next request when it has its answer
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) rate: Option<u32>,
    /// Fill the benchmark's own database up to so many tickets first, nearly all of them redeemed
    #[arg(long, default_value_t = 0, value_name = "NUMBER", conflicts_with = "url",
        value_parser = clap::value_parser!(i64).range(0..=100_000_000))]
    pub(super) tickets: i64,
    /// Measure this server, such as `http://127.0.0.1:8080`; it makes tickets there and redeems them
    #[arg(long, requires_all = ["api_key", "terminal_key", "terminal", "product_id", "function"])]
    pub(super) url: Option<String>,
    /// A partner's key there
    #[arg(long, requires = "url", value_name = "KEY")]
    pub(super) api_key: Option<String>,
    /// A terminal's key there
    #[arg(long, requires = "url", value_name = "KEY")]
    pub(super) terminal_key: Option<String>,
    /// That terminal's id
    #[arg(long, requires = "url", value_name = "ID")]
    pub(super) terminal: Option<String>,
    /// Of which product tickets are made there
    #[arg(long, requires = "url", value_name = "NUMBER")]
    pub(super) product_id: Option<i64>,
    /// What is redeemed there
    #[arg(long, requires = "url", value_name = "CODE")]
    pub(super) function: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make the key ring with its first key
    Generate,
    /// Add a key that opens QR codes and does not yet seal them
    Add,
    /// Make a key the one that seals new QR codes, once every server has had time to read it
    Promote {
        /// The key, as `keys list` names it
        key_id: String,
    },
    /// End a key that no live QR code needs: what it sealed no longer opens
    Retire {
        /// The key, as `keys list` names it
        key_id: String,
        /// End it at once, whatever needs it
        #[arg(long)]
        force: bool,
    },
    /// List the keys and how many live QR codes need each, without their secrets
    List,
}

#[derive(Debug, Subcommand)]
pub(super) enum PrivacyCommand {
    /// Blank name, email and phone of a ticket, or of every ticket of an email address; its redemptions stay
    Erase(EraseArguments),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct EraseArguments {
    /// The ticket's code
    #[arg(long, value_name = "CODE")]
    pub(super) ticket: Option<String>,
    /// The email address; upper and lower case are the same
    #[arg(long, value_name = "ADDRESS")]
    pub(super) email: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum VenueCommand {
    /// Make a venue
    Create {
        /// Its code, such as `central-pier`
        code: String,
        /// Its name; its code where none is given
        #[arg(long)]
        name: Option<String>,
        /// What kind of place, such as `pier`
        #[arg(long = "type", default_value = "venue")]
        kind: String,
        /// Its IANA time zone
        #[arg(long, default_value = "UTC")]
        timezone: String,
        /// What it redeems, with commas, such as `ferry,gift`
        #[arg(long, required = true, value_delimiter = ',')]
        functions: Vec<String>,
    },
    /// Change a venue
    Change {
        /// Its code
        code: String,
        /// Its name
        #[arg(long, required_unless_present_any = ["kind", "timezone", "functions"])]
        name: Option<String>,
        /// What kind of place, such as `pier`
        #[arg(long = "type")]
        kind: Option<String>,
        /// Its IANA time zone
        #[arg(long)]
        timezone: Option<String>,
        /// All that it redeems, with commas, such as `ferry,gift`
        #[arg(long, value_delimiter = ',')]
        functions: Option<Vec<String>>,
    },
    /// Let a closed venue redeem again
    Open {
        /// Its code
        code: String,
    },
    /// Let a venue redeem nothing any more
    Close {
        /// Its code
        code: String,
    },
    /// List the venues
    List,
}

#[derive(Debug, Subcommand)]
pub(super) enum ProductCommand {
    /// Make a product
    Create {
        /// Its code in ticket codes: 2 to 4 capital letters and digits
        code: String,
        /// Its name
        #[arg(long)]
        name: String,
        /// Its number; the next free one where none is given
        #[arg(long)]
        id: Option<i64>,
        /// A function as CODE[:USES[:NAME]], such as `ferry:2:"Ferry ride"`; may be repeated
        #[arg(long = "function", required = true, value_name = "CODE[:USES[:NAME]]")]
        functions: Vec<String>,
        /// A price as TYPE:AMOUNT[:CURRENCY], such as `adult:175.00:HKD`; may be repeated
        #[arg(long = "price", value_name = "TYPE:AMOUNT[:CURRENCY]")]
        prices: Vec<String>,
    },
    /// Change a product; tickets that exist keep what they entitle to
    Change {
        /// Its number
        id: i64,
        /// Its name
        #[arg(long, required_unless_present_any = ["functions", "prices"])]
        name: Option<String>,
        /// A function as CODE[:USES[:NAME]], in the place of all older ones; may be repeated
        #[arg(long = "function", value_name = "CODE[:USES[:NAME]]")]
        functions: Option<Vec<String>>,
        /// A price as TYPE:AMOUNT[:CURRENCY], in the place of all older ones; may be repeated
        #[arg(long = "price", value_name = "TYPE:AMOUNT[:CURRENCY]")]
        prices: Option<Vec<String>>,
    },
    /// Generate tickets of a product again
    Enable {
        /// Its number
        id: i64,
    },
    /// Generate no tickets of a product any more
    Disable {
        /// Its number
        id: i64,
    },
    /// List the products
    List,
}
