//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand};

use crate::access::{Overlap, Role};
use crate::config::Flags;

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
pub(super) enum PartnerCommand {
    /// Make a partner and its API key, which is shown this once
    Create {
        /// Its code, such as `acme-travel`
        code: String,
        /// Its name, for people
        #[arg(long)]
        name: Option<String>,
        /// What its key is allowed, with commas; all of it where nothing is said
        #[arg(long)]
        permissions: Option<String>,
    },
    /// Rename a partner
    Change {
        /// Its code
        code: String,
        /// Its name, for people
        #[arg(long)]
        name: String,
    },
    /// Refuse a partner's keys until it is enabled again
    Disable {
        /// Its code
        code: String,
    },
    /// Accept a partner's keys again
    Enable {
        /// Its code
        code: String,
    },
    /// Show or change a partner's own rate limits, which come before the settings
    Limits {
        /// Its code
        code: String,
        /// What to change, such as `issue=50/s:500` or `read=off`; `issue=default` for the setting again
        #[arg(value_name = "CLASS=RATE")]
        changes: Vec<String>,
    },
    /// List the partners
    List,
}

#[derive(Debug, Subcommand)]
pub(super) enum ApiKeyCommand {
    /// Make a further key for a partner, which is shown this once
    Create {
        /// The partner's code
        partner: String,
        /// What it is allowed, with commas; all of it where nothing is said
        #[arg(long)]
        permissions: Option<String>,
        /// Its name, for people
        #[arg(long)]
        name: Option<String>,
        /// When it ends: a time, or a date, which means its end; never where nothing is said
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// Change a key's name, permissions or expiry
    Change {
        /// The key's prefix, as `api-key list` shows it
        prefix: String,
        /// What it is allowed, with commas
        #[arg(long)]
        permissions: Option<String>,
        /// Its name, for people
        #[arg(long)]
        name: Option<String>,
        /// When it ends: a time, or a date, which means its end, or `never`
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// Make a key in the place of another, which goes on for a while; the new one is shown this once
    Rotate {
        /// The old key's prefix, as `api-key list` shows it
        prefix: String,
        /// How long the old key goes on, at most 90 days; 0 ends it at once
        #[arg(long, value_name = "N", default_value_t = Overlap::DEFAULT_MINUTES)]
        overlap_minutes: i64,
        /// When the new key ends: a time, or a date, which means its end; never where nothing is said
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// Revoke a key for good
    Revoke {
        /// The key's prefix, as `api-key list` shows it
        prefix: String,
    },
    /// List the keys of a partner, or all of them, without the secrets
    List {
        /// The partner's code
        partner: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// List what was done, newest first
    List {
        /// To whom, such as a partner's code
        #[arg(long)]
        subject: Option<String>,
        /// What, such as `partner.create`
        #[arg(long)]
        action: Option<String>,
        /// By whom, such as `operator:anna` or `command-line`
        #[arg(long)]
        principal: Option<String>,
        /// Lines at most
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum TerminalCommand {
    /// Make a terminal and its key, which is shown this once
    Create {
        /// The device's id, such as `GATE-1`
        id: String,
        /// Where it stands
        #[arg(long)]
        venue: String,
        /// What it may redeem, with commas; all that its venue redeems where nothing is said
        #[arg(long, value_delimiter = ',')]
        functions: Option<Vec<String>>,
    },
    /// Make a one-time code that a device exchanges for its key; the terminal is made where it is not there
    Pair {
        /// The device's id, such as `GATE-1`
        id: String,
        /// Where it stands; needed for a new terminal
        #[arg(long)]
        venue: Option<String>,
        /// What it may redeem, with commas, or `all` that its venue redeems
        #[arg(long, value_delimiter = ',')]
        functions: Option<Vec<String>>,
    },
    /// Change where a terminal stands and what it may redeem
    Change {
        /// The device's id
        id: String,
        /// Where it stands
        #[arg(long, required_unless_present = "functions")]
        venue: Option<String>,
        /// What it may redeem, with commas, or `all` that its venue redeems
        #[arg(long, value_delimiter = ',')]
        functions: Option<Vec<String>>,
    },
    /// End a terminal's key and its pairing codes; pairing it again lets it in again
    Revoke {
        /// The device's id
        id: String,
    },
    /// List the terminals
    List,
}

#[derive(Debug, Subcommand)]
pub(super) enum OperatorCommand {
    /// Make an operator
    Create {
        /// The name to log in with
        name: String,
        /// steward (looks and scans), supervisor (undoes, too, and reports) or admin (and administers)
        #[arg(long)]
        role: Role,
        /// The name for people; the other one where none is given
        #[arg(long = "name", value_name = "DISPLAY")]
        display_name: Option<String>,
        /// Read the password, a line of 10 to 200 characters, from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the operators
    List,
    /// Change an operator's role or name for people; a new role logs them out everywhere
    #[command(group(ArgGroup::new("change").required(true).multiple(true)))]
    Change {
        /// The name to log in with
        name: String,
        /// steward, supervisor or admin
        #[arg(long, group = "change")]
        role: Option<Role>,
        /// The name for people
        #[arg(long = "name", value_name = "DISPLAY", group = "change")]
        display_name: Option<String>,
    },
    /// Let an operator log in no more, and end their sessions
    Disable {
        /// The name to log in with
        name: String,
    },
    /// Let a disabled operator log in again
    Enable {
        /// The name to log in with
        name: String,
    },
    /// Set an operator's password; ends their sessions and the lock after failed log-ins
    Password {
        /// The name to log in with
        name: String,
        /// Read the password, a line of 10 to 200 characters, from standard input
        #[arg(long)]
        password_stdin: bool,
    },
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
