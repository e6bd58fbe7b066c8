//! The one definition of the command line: parsing, help, completions and man pages all come from here.

mod log;
mod office;
mod press;
mod pressroom;
mod proof;
mod serve;
mod take;
mod watch;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};

pub use log::*;
pub use office::*;
pub use press::*;
pub use pressroom::*;
pub use proof::*;
pub use serve::*;
pub use take::*;
pub use watch::*;

/// Learn that your message is out, see what was changed, prove what you wrote, and trace which copy it was.
#[derive(Debug, Parser)]
#[command(name = "countermark", version, propagate_version = true, max_term_width = 100, infer_subcommands = false)]
#[command(
    after_help = "Start here: countermark tour\n\nExit codes: 0 found or valid, 1 not found or not valid, 2 error."
)]
pub struct Cli {
    /// What holds for every verb.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options that stand before or after any verb.
#[derive(Debug, Clone, Args)]
pub struct Global {
    // The variables are read after the call, by `Global::with_variables`: clap counts what stands in one as typed.
    /// The vault's file; its log, journal and configuration lie beside it [env: COUNTERMARK_VAULT]
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub vault: Option<PathBuf>,
    /// Read the passphrase from the first line of this file instead of asking [env: COUNTERMARK_PASSPHRASE_FILE]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub passphrase_file: Option<PathBuf>,
    /// Unlock with this identity file (see `identity add`); a passphrase file is then not read
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub identity: Option<PathBuf>,
    /// The watcher's folder, where it does not lie beside the vault
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub watch: Option<PathBuf>,
    /// One JSON object on the last line of standard output; nothing asks
    #[arg(long, global = true)]
    pub json: bool,
}

impl Global {
    /// What was not typed, from the environment.
    pub fn with_variables(mut self) -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        self.vault = self.vault.or_else(|| variable("COUNTERMARK_VAULT"));
        self.passphrase_file = self.passphrase_file.or_else(|| variable("COUNTERMARK_PASSPHRASE_FILE"));
        self
    }
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The whole way on a sample, in a throw-away vault
    Tour(Tour),
    /// Make a vault and its log
    Init(Init),
    /// The vault itself: change the passphrase, back up, restore, check
    #[command(subcommand)]
    Vault(VaultVerb),
    /// The office's persons, who may unlock the vault and approve a naming
    #[command(subcommand)]
    Identity(IdentityVerb),
    /// The address book
    #[command(subcommand)]
    People(PeopleVerb),
    /// Go through the sites that the language packs propose, take, refuse and add, and write the master
    Suggest(Suggest),
    /// What can be promised if this message leaks
    Strength(Strength),
    /// Fix the message, draw the codewords, commit both in the log, render the copies
    Seal(Seal),
    /// Take in what was sent and received before, out of chat exports and mail
    Take(Take),
    /// The sealed messages, and those that were taken in
    #[command(subcommand)]
    Messages(MessagesVerb),
    /// One copy's text, to paste anywhere
    Copy(Copy),
    /// Is this text ours, what was changed, and which copy is it
    Trace(Trace),
    /// Compare two texts, without a vault
    Compare(Compare),
    /// Read a report: what it quotes, who is said to have said it, its update notes, what contradicts itself
    Read(Read),
    /// Show what in a text could tell whose copy it is, and write it without
    Scrub(Scrub),
    /// Sources, and the watcher that asks them; needs no vault
    #[command(subcommand)]
    Watch(WatchVerb),
    /// Cases: one publication each, from its capture to what is said of it
    #[command(subcommand)]
    Case(CaseVerb),
    /// Write the file that shows chosen parts of a sealed message, and proves them
    Prove(Prove),
    /// Publish a statement on a case: what was really written, the parts that are opened, and their proof
    Publish(Publish),
    /// What the public sees: statements as pages
    #[command(subcommand)]
    Pressroom(PressroomVerb),
    /// Check such a file
    Verify(Verify),
    /// Serve the desk, the watcher and the pressroom, each a process of its own, until it is ended
    Serve(Serve),
    /// The desk alone, as `serve` starts it
    #[command(hide = true)]
    ServeDesk(ServeDesk),
    /// The watcher alone, as `serve` starts it
    #[command(hide = true)]
    ServeWatch(ServeWatch),
    /// The pressroom alone, as `serve` starts it
    #[command(hide = true)]
    ServePressroom(ServePressroom),
    /// The transparency log
    #[command(subcommand)]
    Log(LogVerb),
    /// Language packs
    #[command(subcommand)]
    Pack(PackVerb),
    /// Print a completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages into a directory
    Man {
        /// The directory (made when absent)
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
}

/// `tour`
#[derive(Debug, Args)]
pub struct Tour {
    /// Leave everything in this new or empty directory, and print commands that work as pasted
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub keep: Option<PathBuf>,
}

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// The log's name in its checkpoints, such as `example.org/log`; a random one otherwise
    #[arg(long, value_name = "NAME")]
    pub origin: Option<String>,
    /// A time-stamper that is asked about every checkpoint: an independent clock
    #[arg(long, value_name = "URL", requires = "timestamper_trust")]
    pub timestamper: Option<String>,
    /// The time-stamper's certificates (PEM)
    #[arg(long, value_name = "FILE", requires = "timestamper", value_hint = ValueHint::FilePath)]
    pub timestamper_trust: Option<PathBuf>,
    /// A witness that is asked about every checkpoint: its public key, `=`, and where it is asked
    #[arg(long, value_name = "KEY=URL")]
    pub witness: Vec<String>,
    /// Do not ask on the terminal for a time-stamper and a witness: there is none for now
    #[arg(long, conflicts_with_all = ["timestamper", "witness"])]
    pub no_clock: bool,
}

/// `suggest`
#[derive(Debug, Args)]
pub struct Suggest {
    /// What is reviewed, for whom.
    #[command(flatten)]
    pub addressed: Addressed,
    /// Only rules that suit a letter of this style (neutral ones always do)
    #[arg(long, value_parser = ["formal", "neutral", "informal"])]
    pub style: Option<String>,
    /// Print the proposals, and say of each which rule made it, and why here
    #[arg(long)]
    pub explain: bool,
    /// Where the master goes: on a terminal FILE.master unless said otherwise, else standard output
    #[arg(long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

/// To whom, and marked how: the same in `suggest`, `strength` and `seal`.
#[derive(Debug, Args)]
pub struct Addressed {
    /// The master or text; `-` for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// The recipients' handles
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', conflicts_with = "copies")]
    pub to: Vec<String>,
    /// Copies for unnamed recipients 1 to N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub copies: Option<u32>,
    /// Take the packs' proposals of these classes (comma separated, or `all`)
    #[arg(long, value_name = "CLASS,...")]
    pub accept: Option<String>,
    /// A language pack to load beside the built-in one
    #[arg(long = "pack", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub packs: Vec<PathBuf>,
    /// The chance of naming an unused copy, 1e-12 to 1e-2 (1e-4 unless the configuration says otherwise)
    #[arg(long, value_name = "P")]
    pub epsilon: Option<String>,
}

/// `strength`
#[derive(Debug, Args)]
pub struct Strength {
    /// What is measured, for whom.
    #[command(flatten)]
    pub addressed: Addressed,
    /// Draw the picture into this new file (SVG); no text of the message stands in it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub svg: Option<PathBuf>,
    /// The first words of every sentence may stand in the picture
    #[arg(long, requires = "svg")]
    pub with_text: bool,
}

/// `seal`
#[derive(Debug, Args)]
pub struct Seal {
    /// What is sealed, for whom.
    #[command(flatten)]
    pub addressed: Addressed,
    /// Publish a batch with its leaf at once, instead of with the next one that is due; whoever watches the log sees that something was sealed now
    #[arg(long)]
    pub now: bool,
    /// Register what already went out on this day (YYYY-MM-DD), word for word and without marks
    #[arg(long, value_name = "DATE", conflicts_with_all = ["accept", "packs"])]
    pub as_sent: Option<String>,
    /// Print the reference as the last line of every copy
    #[arg(long)]
    pub print_reference: bool,
    /// Leave out the line that says the copy is individually marked; the sealing records that it was left out
    #[arg(long)]
    pub no_marked_line: bool,
}

/// `messages ...`
#[derive(Debug, Subcommand)]
pub enum MessagesVerb {
    /// List the sealed messages
    List {
        /// List those that were taken in
        #[arg(long)]
        taken: bool,
    },
    /// Show one: parts numbered, copies, handed over or not
    Show {
        /// An id, its first characters, or the reference
        message: String,
    },
    /// Remove a message that was taken in, or all of one file; sealed ones stay
    Remove {
        /// A taken message's id, or an import's, or its first characters
        message: String,
    },
}

/// `copy`
#[derive(Debug, Args)]
pub struct Copy {
    /// An id, its first characters, or the reference
    pub message: String,
    /// A handle, a number (with `--copies`), or `file` for the office's file copy
    pub recipient: String,
    /// Record that this copy left, and by which way (`signal`, `paper`, `email` ...)
    #[arg(long, value_name = "WAY")]
    pub handed_over: Option<String>,
    /// Compare what really went out with this copy; `-` for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub sent: Option<PathBuf>,
}

/// `trace`
#[derive(Debug, Args)]
pub struct Trace {
    /// The published texts; standard input when none is given, or for `-`
    #[arg(value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// Screenshots (PNG, JPEG or WebP), read by Tesseract; each is a look of its own, as each text is
    #[arg(long = "image", value_name = "FILE", num_args = 1.., conflicts_with = "jsonl", value_hint = ValueHint::FilePath)]
    pub images: Vec<PathBuf>,
    /// What the screenshots may be written in, as Tesseract names it
    #[arg(long, value_name = "LANGUAGE,...", value_delimiter = ',', default_value = "eng,rus")]
    pub languages: Vec<String>,
    /// Why a copy is looked for; stands in the audit trail
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Exit 0 only when a copy is named
    #[arg(long)]
    pub named: bool,
    /// The input is one JSON string a line, each a text of its own; so is the output
    #[arg(long)]
    pub jsonl: bool,
}

/// `compare`
#[derive(Debug, Args)]
pub struct Compare {
    /// What was sent
    #[arg(value_hint = ValueHint::FilePath)]
    pub sent: PathBuf,
    /// What was published
    #[arg(value_hint = ValueHint::FilePath)]
    pub published: PathBuf,
}

/// `read`
#[derive(Debug, Args)]
pub struct Read {
    /// The report, a text or a web page; `-` for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Whose words to look for: a full name, and behind `=` other spellings of it
    #[arg(long = "name", value_name = "NAME[=SPELLING]...")]
    pub names: Vec<String>,
    /// An earlier version of it: what its update notes say is held against the difference
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub earlier: Option<PathBuf>,
}

/// `scrub`
#[derive(Debug, Args)]
pub struct Scrub {
    /// The text; `-` for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Write the neutral form into this new file; without it, it goes to standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// A language pack to load beside the built-in one
    #[arg(long = "pack", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub packs: Vec<PathBuf>,
}

/// `pack ...`
#[derive(Debug, Subcommand)]
pub enum PackVerb {
    /// Check a pack: its form, every rule's examples, and which rules want the same words (the built-in pack when no file is given)
    Check {
        /// The pack's files
        #[arg(value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
        /// Texts or masters on which to count how often each rule speaks, and what they would carry; `-` for standard input
        #[arg(long, value_name = "TEXT", num_args = 1.., value_hint = ValueHint::FilePath)]
        on: Vec<PathBuf>,
    },
}
