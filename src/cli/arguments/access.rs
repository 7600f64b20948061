//! The arguments of the commands on who is let in: partners, API keys, terminals, operators, and the audit log.

use clap::{ArgGroup, Subcommand};

use crate::access::{Overlap, Role};

#[derive(Debug, Subcommand)]
pub(crate) enum PartnerCommand {
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
pub(crate) enum ApiKeyCommand {
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
pub(crate) enum TerminalCommand {
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
pub(crate) enum OperatorCommand {
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
pub(crate) enum AuditCommand {
    /// List what was done, newest first
    List {
        /// To whom, such as a partner's code
        #[arg(long)]
        subject: Option<String>,
        /// What, such as `partner.create`
        #[arg(long)]
        action: Option<String>,
        /// By whom, such as `operator:anna` or `command-line:root`
        #[arg(long)]
        principal: Option<String>,
        /// Lines at most
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
}
