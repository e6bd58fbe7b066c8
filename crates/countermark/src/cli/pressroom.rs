//! `pressroom`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `pressroom`
#[derive(Debug, Subcommand)]
pub enum PressroomVerb {
    /// Write what was published as files that any host can serve
    Export(PressroomExport),
}

/// `pressroom export`
#[derive(Debug, Args)]
pub struct PressroomExport {
    /// The directory (made when absent); what lies there under other names stays
    #[arg(value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// The published directory, where it does not lie beside the vault
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub published: Option<PathBuf>,
}
