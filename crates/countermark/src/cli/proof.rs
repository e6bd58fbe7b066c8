//! `case`, `prove`, `verify`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `case ...`
#[derive(Debug, Subcommand)]
pub enum CaseVerb {
    /// Open a case on what was published: it is kept as it came, its hash goes into the log, and it is traced
    Open(CaseOpen),
    /// List the cases; what the watcher found is taken in first
    List,
    /// List the posts that share words with registered messages, too common ones to open a case
    Matches {
        /// Only those that hold these words, one after another
        words: Option<String>,
    },
    /// Take in what the watcher finds, as it comes, until stopped
    Follow,
    /// Show one: what was found, who was heard, who approved
    Show {
        /// An id or its first characters
        case: String,
        /// The post's text as it was captured, instead of the comparison
        #[arg(long)]
        post: bool,
    },
    /// Look for a copy in a case on which nobody has asked for one yet
    Trace {
        /// An id or its first characters
        case: String,
        /// Why a copy is looked for; stands in the audit trail
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Half a page for a telephone: what is out, what differs, what may be said, what is not proved
    Brief {
        /// An id or its first characters
        case: String,
    },
    /// Write a note down
    Note {
        /// An id or its first characters
        case: String,
        /// The note
        text: String,
    },
    /// Make the evidence for the person whose copy is named, and a slot for his reply: he is heard before his name is said
    Hear {
        /// An id or its first characters
        case: String,
        /// The bundle to write, without a name; never overwritten
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        out: PathBuf,
        /// How many days a reply is waited for; the first time counts
        #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=90))]
        days: u32,
    },
    /// Keep the reply of the person concerned
    Reply {
        /// An id or its first characters
        case: String,
        /// The reply; `-` for standard input
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// The slot that he was given; without it the case says that the reply is his on the office's word
        #[arg(long, value_name = "SLOT")]
        slot: Option<String>,
    },
    /// Sign, with the identity file of --identity, that the recipient may be named in public (two different persons must)
    Approve {
        /// An id or its first characters
        case: String,
        /// What the office says; the first approver gives it, the second signs the same
        #[arg(long, value_name = "TEXT")]
        statement: Option<String>,
        /// Why it is made public
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// `case open`
#[derive(Debug, Args)]
pub struct CaseOpen {
    /// The post as captured: a text, a web page or a picture (PNG, JPEG, WebP); a file, an address, or `-` for standard input
    #[arg(value_name = "FILE|URL", value_hint = ValueHint::FilePath, required_unless_present = "post")]
    pub file: Option<PathBuf>,
    /// A post that the watcher found and that opened no case (`case matches`), by its handle or the handle's first characters
    #[arg(long, value_name = "HANDLE", conflicts_with_all = ["file", "captured_at"])]
    pub post: Option<String>,
    /// Why a copy is looked for; stands in the audit trail. Without it none is
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// When the post was captured (YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ); now when not said
    #[arg(long, value_name = "TIME")]
    pub captured_at: Option<String>,
    /// A name of the writer: quotations that are attributed to him are looked for, besides those of `watch names`
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// An address on this machine or in its network may be asked as well
    #[arg(long)]
    pub allow_private: bool,
}

/// `prove`
#[derive(Debug, Args)]
pub struct Prove {
    /// A message (an id, its first characters, or the reference) or a case (an id or its first characters)
    pub message: String,
    /// The parts to open: `all`, or numbers and ranges such as `1-2,5`; with --row or --name all unless said otherwise
    #[arg(long, value_name = "PARTS", required_unless_present_any = ["row", "name"])]
    pub open: Option<String>,
    /// Show which copy it was: that copy's wordings, so that anybody can compute the number again (of a case)
    #[arg(long)]
    pub row: bool,
    /// The same, with the recipient's name under two approvers' signatures (of a case)
    #[arg(long)]
    pub name: bool,
    /// Write one page instead, with the bundle and a verifier inside, that opens by double-click
    #[arg(long)]
    pub html: bool,
    /// Write a ZIP instead: bundle, capture, history of the log's checkpoints, verifier, and a manifest of hashes
    #[arg(long, conflicts_with = "html")]
    pub archive: bool,
    /// The file to write; never overwritten
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
    /// The post as captured; its hash stands in the bundle. A case has its own
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub capture: Option<PathBuf>,
    /// When the post was captured (YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ)
    #[arg(long, value_name = "TIME", requires = "capture")]
    pub captured_at: Option<String>,
    /// Words of the writer's own that stand in the bundle, marked as such; beside --row they name no recipient
    #[arg(long, value_name = "TEXT")]
    pub statement: Option<String>,
}

/// `verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// The bundle; `-` for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub bundle: PathBuf,
    /// The log's public key as its owner published it, or a file that holds it
    #[arg(long, value_name = "KEY|FILE")]
    pub log_key: Option<String>,
    /// Certificates (PEM) of time-stampers you trust
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub trust: Vec<PathBuf>,
    /// The key of a witness you trust (name+hash+base64), or a file that holds it
    #[arg(long, value_name = "KEY|FILE")]
    pub witness: Vec<String>,
}
