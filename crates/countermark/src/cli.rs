//! The one definition of the command line: parsing, help, completions and man pages all come from here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};

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
    /// The sealed messages
    #[command(subcommand)]
    Messages(MessagesVerb),
    /// One copy's text, to paste anywhere
    Copy(Copy),
    /// Is this text ours, what was changed, and which copy is it
    Trace(Trace),
    /// Compare two texts, without a vault
    Compare(Compare),
    /// Show what in a text could tell whose copy it is, and write it without
    Scrub(Scrub),
    /// Cases: one publication each, from its capture to what is said of it
    #[command(subcommand)]
    Case(CaseVerb),
    /// Write the file that shows chosen parts of a sealed message, and proves them
    Prove(Prove),
    /// Check such a file
    Verify(Verify),
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

/// `vault ...`
#[derive(Debug, Subcommand)]
pub enum VaultVerb {
    /// Change the passphrase
    Passphrase {
        /// Read the new passphrase from the first line of this file
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Write vault and log into one encrypted file
    Backup {
        /// The file to write; never overwritten
        file: PathBuf,
        /// Also write the codebooks' keys, into a file of their own that must lie elsewhere: with both and the passphrase whatever is
        /// destroyed here later still opens
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        keys: Option<PathBuf>,
    },
    /// Bring a backup back, to where `--vault` points
    Restore {
        /// The backup
        file: PathBuf,
        /// How many looks every message has had at most; without the journal no copy is named unless this is given. It also states
        /// that since this backup no row was shown, neither in a bundle nor to the person concerned, but of messages given with
        /// --shown: whoever holds such a row could have that copy named with a text of his own
        #[arg(long, value_name = "N")]
        looks: Option<u64>,
        /// With --looks: a message of which a row was shown since this backup; no copy of it is named again (may be given again)
        #[arg(long, value_name = "MESSAGE", requires = "looks")]
        shown: Vec<String>,
        /// The codebooks' keys, as `backup --keys` wrote them; without them, and without the vault's own key file, no copy is named
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        keys: Option<PathBuf>,
    },
    /// Destroy the codebooks whose time is up; what was sealed, and when, stays and proves
    Expire(Expire),
    /// Read everything and say what does not fit
    Check,
}

/// `vault expire`
#[derive(Debug, Args)]
pub struct Expire {
    /// Destroy this message's codebook before its time: an id, its first characters, or the reference
    #[arg(conflicts_with = "lost")]
    pub message: Option<String>,
    /// Only say what would be destroyed
    #[arg(long)]
    pub dry_run: bool,
    /// Give up the codebooks whose key is not in the key file, which is lost for good, and make a new key file
    #[arg(long)]
    pub lost: bool,
    /// Don't ask
    #[arg(long)]
    pub yes: bool,
}

/// `identity ...`
#[derive(Debug, Subcommand)]
pub enum IdentityVerb {
    /// Add a person: makes his identity file, which can unlock the vault
    Add {
        /// The person's name in the vault
        name: String,
        /// Where to write the identity file (new; readable by its owner only)
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// He may approve that a recipient is named in public (two approvers must)
        #[arg(long)]
        approver: bool,
    },
    /// List the persons
    List,
    /// Remove a person; his file no longer opens the vault
    Remove {
        /// The person's name in the vault
        name: String,
    },
}

/// `people ...`
#[derive(Debug, Subcommand)]
pub enum PeopleVerb {
    /// Add a person, or change one
    Add {
        /// The short handle that `--to` takes
        handle: String,
        /// The person's name, which also fills `{=name}`
        #[arg(long)]
        name: String,
        /// Fill a field in his copies: `--set salutation="Dear Minister,"`
        #[arg(long = "set", value_name = "FIELD=TEXT")]
        set: Vec<String>,
    },
    /// List the address book
    List,
    /// Show one person
    Show {
        /// The handle
        handle: String,
    },
    /// Remove a person from the address book; sealed messages keep what they hold
    Remove {
        /// The handle
        handle: String,
    },
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
    List,
    /// Show one: parts numbered, copies, handed over or not
    Show {
        /// An id, its first characters, or the reference
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

/// `case ...`
#[derive(Debug, Subcommand)]
pub enum CaseVerb {
    /// Open a case on a published text: it is kept as it came, its hash goes into the log, and it is traced
    Open {
        /// The text as captured; `-` for standard input
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Why a copy is looked for; stands in the audit trail. Without it none is
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// When the post was captured (YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ); now when not said
        #[arg(long, value_name = "TIME")]
        captured_at: Option<String>,
    },
    /// List the cases
    List,
    /// Show one: what was found, who was heard, who approved
    Show {
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
