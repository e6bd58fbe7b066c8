//! `serve`, and the three verbs by which it starts its children. A service manager may start those itself.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueHint};

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Where the desk is served; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    pub desk: Option<SocketAddr>,
    /// Where the pressroom is served; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT")]
    pub pressroom: Option<SocketAddr>,
}

/// `serve-desk`
#[derive(Debug, Args)]
pub struct ServeDesk {
    /// How it is reached
    #[command(flatten)]
    pub front: Front,
    /// The folder of what is published and of what readers send (beside the vault otherwise)
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub press: Option<PathBuf>,
    /// Where the pressroom can be read on this machine: the desk links there until the office writes down its public address
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub pressroom_at: Option<String>,
}

/// `serve-watch`
#[derive(Debug, Args)]
pub struct ServeWatch {
    /// The process that started it, and with which it ends
    #[arg(long, value_name = "PID", hide = true)]
    pub parent: Option<i32>,
}

/// `serve-pressroom`
#[derive(Debug, Args)]
pub struct ServePressroom {
    /// How it is reached
    #[command(flatten)]
    pub front: Front,
    /// The folder of what was published
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub published: PathBuf,
    /// The folder into which what readers send goes; without one, nothing is taken
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub queue: Option<PathBuf>,
}

/// How a server is reached.
#[derive(Debug, Clone, Default, Args)]
pub struct Front {
    /// Its address and port; without it, standard input is the listening socket
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,
    /// The certificate's chain (PEM): it speaks TLS
    #[arg(long, value_name = "FILE", requires = "tls_key", value_hint = ValueHint::FilePath)]
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_certificate", value_hint = ValueHint::FilePath)]
    pub tls_key: Option<PathBuf>,
    /// A name that browsers reach it by, beside the loopback's and its address
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// The address of a proxy before it
    #[arg(long, value_name = "IP")]
    pub proxy: Vec<IpAddr>,
    /// Tell each request on standard error
    #[arg(long)]
    pub log: bool,
    /// The process that started it, and with which it ends
    #[arg(long, value_name = "PID", hide = true)]
    pub parent: Option<i32>,
}
