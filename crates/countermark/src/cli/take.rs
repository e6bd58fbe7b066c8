//! `take`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// `take`
#[derive(Debug, Args)]
#[command(
    after_help = "Telegram Desktop (result.json, messages.html), WhatsApp (_chat.txt), Signal (signal-cli, sigexport), .eml and mbox files are told apart by what stands in them."
)]
pub struct Take {
    /// The files
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// The writer's names, addresses and numbers in them: what they sent is taken in as sent
    #[arg(long, value_name = "NAME|ADDRESS", num_args = 1..)]
    pub me: Vec<String>,
    /// Take in what others sent as well, as received
    #[arg(long)]
    pub received: bool,
    /// Call the thread so, instead of what the file calls it
    #[arg(long, value_name = "TEXT")]
    pub thread: Option<String>,
    /// Whether the day or the month comes first, where the dates fit both
    #[arg(long, value_name = "ORDER", value_parser = ["dmy", "mdy"])]
    pub date_order: Option<String>,
    /// In which zone the times stand that name none (UTC otherwise)
    #[arg(long, value_name = "+HH:MM", allow_hyphen_values = true)]
    pub time_zone: Option<String>,
    /// Keys of mail signatures as name servers have them (`NAME IN TXT "..."`), for those that the DNS holds no more
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub dkim_key: Option<PathBuf>,
    /// Ask the DNS for the keys of mail signatures: whoever answers learns whose mail is checked
    #[arg(long)]
    pub dns: bool,
    /// Only say what would be taken in, without a vault
    #[arg(long)]
    pub dry_run: bool,
}
