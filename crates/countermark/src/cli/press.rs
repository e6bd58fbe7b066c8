//! `publish`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// `publish`
#[derive(Debug, Args)]
pub struct Publish {
    /// A case, a statement (its name in addresses, an id, or the id's first characters), or a message that nobody published; without
    /// it a statement of its own begins
    pub case: Option<String>,
    /// The heading, one line
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Who speaks, one line
    #[arg(long, value_name = "TEXT")]
    pub byline: Option<String>,
    /// The statement: plain text, paragraphs set apart by an empty line; `-` for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub text: Option<PathBuf>,
    /// The parts to open besides those that are open already: `all`, `none`, or numbers and ranges such as `1-2,5`. An opening can't be
    /// taken back
    #[arg(long, value_name = "PARTS")]
    pub open: Option<String>,
    /// What is new against the version before; needed from the second on
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// The language that it is written in, such as `en` or `pt-BR`
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// What it is filed under, one line
    #[arg(long, value_name = "TEXT")]
    pub category: Option<String>,
    /// Keep the post's text off the page
    #[arg(long)]
    pub no_post_text: bool,
    /// How the page calls the place of the post
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
    /// The message whose parts are opened, where nothing was traced in the case
    #[arg(long, value_name = "MESSAGE", requires = "case")]
    pub message: Option<String>,
    /// The name in its address (a-z, 0-9, hyphens); made of the title otherwise, and settled with the first version
    #[arg(long, value_name = "NAME")]
    pub address: Option<String>,
    /// Show which copy it was, as `prove --row`
    #[arg(long)]
    pub row: bool,
    /// Name the recipient, as `prove --name`
    #[arg(long, conflicts_with = "row")]
    pub name: bool,
    /// Show what would become public, and publish nothing
    #[arg(long)]
    pub preview: bool,
    /// List the statements, published or begun
    #[arg(long, conflicts_with_all = ["case", "withdraw", "preview", "title", "text", "note", "open"])]
    pub list: bool,
    /// Take a statement back: its page says so, and shows what was published all the same
    #[arg(long, value_name = "STATEMENT", requires = "reason", conflicts_with_all = ["case", "preview", "title", "text", "note", "open"])]
    pub withdraw: Option<String>,
    /// Why it is taken back; stands on the page
    #[arg(long, value_name = "TEXT", requires = "withdraw")]
    pub reason: Option<String>,
}
