//! `log` and what stands below it.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

/// `log ...`
#[derive(Debug, Subcommand)]
pub enum LogVerb {
    /// Recompute the whole log and compare it with all kept checkpoints and the vault
    Audit {
        /// A log's directory, audited without a vault: tiles, checkpoint, and no tag twice
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, requires = "log_key")]
        dir: Option<PathBuf>,
        /// That log's public key as its owner published it, or a file that holds it
        #[arg(long, value_name = "KEY|FILE", requires = "dir")]
        log_key: Option<String>,
    },
    /// Print the newest checkpoint
    Checkpoint,
    /// Publish what is due: run it from a timer, as often as batches are due
    Publish {
        /// Publish a batch early when none is due; whoever watches the log sees that something was wanted in it now
        #[arg(long)]
        now: bool,
    },
    /// Have the newest checkpoint stamped and cosigned by everybody who is configured; or by a time-stamper through files (RFC 3161)
    #[command(group = clap::ArgGroup::new("step"))]
    Timestamp {
        /// Write a request for the newest checkpoint, to be sent by other means
        #[arg(long, value_name = "OUT", group = "step")]
        request: Option<PathBuf>,
        /// Keep the answer that the time-stamper gave
        #[arg(long, value_name = "TOKEN", group = "step")]
        add: Option<PathBuf>,
        /// The time-stamper's certificates (PEM), to check the answer before it is kept
        #[arg(long, value_name = "FILE", requires = "add")]
        trust: Vec<PathBuf>,
    },
    /// The time-stampers that are asked about every checkpoint (RFC 3161 over HTTP)
    #[command(subcommand)]
    Timestamper(TimestamperVerb),
    /// The witnesses that are asked about every checkpoint; or be one of somebody else's log, which needs no vault
    #[command(subcommand)]
    Witness(WitnessVerb),
}

/// `log timestamper ...`
#[derive(Debug, Subcommand)]
pub enum TimestamperVerb {
    /// Ask a time-stamper about every checkpoint from now on
    Add {
        /// Its address, as it publishes it
        url: String,
        /// Its certificates (PEM): an answer that is under no other is not kept
        #[arg(long, value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
        trust: Vec<PathBuf>,
    },
    /// List them
    List,
    /// Ask one no more; what it stamped stays
    Remove {
        /// Its address
        url: String,
    },
}

/// `log witness ...`
#[derive(Debug, Subcommand)]
pub enum WitnessVerb {
    /// Ask a witness about every checkpoint from now on; it must know the log's key
    Add {
        /// The witness's public key as it publishes it, or a file that holds it
        key: String,
        /// Its submission prefix, `https://...`
        url: String,
    },
    /// List the witnesses that are asked
    List,
    /// Ask one no more; what it cosigned stays
    Remove {
        /// Its name
        name: String,
    },
    /// Print the witness's public key; with --name, make its key first if there is none
    Key {
        /// The witness's directory
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: PathBuf,
        /// The name of a new key: where the witness is to be found, without https://
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Cosign the checkpoints of the logs that the witness knows, until it is ended (C2SP tlog-witness over HTTP)
    Serve {
        /// Where to listen; a server that has TLS stands in front
        #[arg(long, value_name = "ADDR:PORT")]
        listen: std::net::SocketAddr,
        /// The witness's directory
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: PathBuf,
        /// The public key of a log to witness, beside those in the directory's file `logs`
        #[arg(long, value_name = "KEY")]
        log: Vec<String>,
    },
}
