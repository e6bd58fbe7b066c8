//! `watch` and what stands below it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

/// `watch ...`
#[derive(Debug, Subcommand)]
pub enum WatchVerb {
    /// Watch a source from now on
    Add(WatchAdd),
    /// List the sources
    List,
    /// Watch a source no more, and forget where it stood
    Remove {
        /// Its name
        name: String,
    },
    /// Run the watcher until it is ended
    Run {
        /// Ask every source once, take in what it gives, and end; exits with 1 when a source did not answer
        #[arg(long)]
        once: bool,
        /// Serve metrics for Prometheus there, at /metrics
        #[arg(long, value_name = "ADDR:PORT", conflicts_with = "once")]
        metrics: Option<SocketAddr>,
    },
    /// What the watcher does: per source the last success and failure, posts, matches, alarms; queues, index, inbox
    Status,
    /// Screen one thing and print what it shares with registered messages; exits with 1 when nothing
    Check {
        /// A file, an address, or `-` for standard input; a picture is read
        #[arg(value_name = "FILE|URL|-")]
        what: String,
        /// The address may be a private one
        #[arg(long)]
        allow_private: bool,
    },
    /// The writer's own public names: a quotation that is said to be his and that he never wrote is told
    #[command(subcommand)]
    Names(NamesVerb),
    /// Who is told of an alarm, and how
    #[command(subcommand)]
    Alarm(AlarmVerb),
}

/// `watch add`
#[derive(Debug, Args)]
pub struct WatchAdd {
    /// What to watch: folder:DIR, telegram:CHANNEL, telegram-bot:CHANNEL, feed:URL, page:URL, vk:WALL, mastodon:HOST, bluesky:ACCOUNT
    #[arg(value_name = "SPEC")]
    pub spec: String,
    /// What to call it (made from SPEC otherwise)
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The time between two polls, as in `60s`
    #[arg(long, value_name = "TIME")]
    pub every: Option<String>,
    /// It may lead to private addresses
    #[arg(long)]
    pub allow_private: bool,
    /// Fetch a feed's articles from where its items link to
    #[arg(long)]
    pub full: bool,
    /// Another address of the service: a server of one's own, or a mirror
    #[arg(long, value_name = "URL")]
    pub base: Option<String>,
    /// Do not read its pictures
    #[arg(long)]
    pub no_pictures: bool,
    /// The token or key of the service, from the first line of this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub credentials_file: Option<PathBuf>,
}

/// `watch names ...`
#[derive(Debug, Subcommand)]
pub enum NamesVerb {
    /// Add a name, as it stands in the press
    Add {
        /// The name
        name: String,
    },
    /// List the names
    List,
    /// Remove a name
    Remove {
        /// The name
        name: String,
    },
}

/// `watch alarm ...`
#[derive(Debug, Subcommand)]
pub enum AlarmVerb {
    /// Tell somebody from now on
    #[command(subcommand)]
    Add(AlarmAdd),
    /// List who is told
    List,
    /// Tell somebody no more
    Remove {
        /// The way's name
        name: String,
    },
    /// Send a test by one way, or by all
    Test {
        /// The way's name
        name: Option<String>,
    },
}

/// `watch alarm add ...`
#[derive(Debug, Subcommand)]
pub enum AlarmAdd {
    /// Start a program, without a shell; what is told stands in variables COUNTERMARK_..., and in an argument for `{summary}`
    Command {
        /// What to call this way
        #[arg(long, value_name = "NAME", default_value = "command")]
        name: String,
        /// The program and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        argv: Vec<String>,
    },
    /// Send a mail in plain text
    Smtp {
        /// What to call this way
        #[arg(long, value_name = "NAME", default_value = "smtp")]
        name: String,
        /// The mail server
        #[arg(value_name = "HOST:PORT")]
        server: String,
        /// Who sends
        #[arg(long, value_name = "ADDRESS")]
        from: String,
        /// To whom
        #[arg(long, value_name = "ADDRESS", required = true)]
        to: Vec<String>,
        /// How the connection is protected
        #[arg(long, value_enum, default_value = "starttls")]
        tls: TlsArg,
        /// `user:password`, from the first line of this file
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        credentials_file: Option<PathBuf>,
    },
    /// Post a signed JSON object to an address
    Webhook {
        /// What to call this way
        #[arg(long, value_name = "NAME", default_value = "webhook")]
        name: String,
        /// The address
        url: String,
        /// The secret of the signature, from the first line of this file
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        secret_file: PathBuf,
        /// It may be a private address
        #[arg(long)]
        allow_private: bool,
    },
}

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TlsArg {
    /// TLS from the first byte (port 465)
    Implicit,
    /// Not at all: to this machine only
    None,
    /// It begins in the clear and must become TLS (port 587)
    Starttls,
}
