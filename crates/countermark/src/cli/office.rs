//! `vault`, `identity`, `people`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

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
