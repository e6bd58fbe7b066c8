//! Statements: what is written of them, what was published, what readers sent.

use countermark_statement::Kind;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::prove::Shows;
use crate::statement::Draft;

/// What the office says of its site, and its support picture: two rows.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PressRecord {
    /// The row `only`.
    Site(SiteRecord),
    /// The row `picture`: the PNG, in hexadecimal.
    Picture(String),
}
record!(PressRecord, 52);

/// The site, and the key to which readers' slips are sealed.
#[derive(Clone, Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct SiteRecord {
    /// The age identity that opens the queue.
    pub identity: String,
    /// The name at the head of every page.
    pub name: String,
    /// What it is.
    pub about: String,
    /// The language of the interface.
    pub language: String,
    /// Where the public reaches it.
    pub address: Option<String>,
    /// Where the log's tiles are published.
    pub log_url: Option<String>,
    /// How the office is reached.
    pub contact: Option<String>,
    /// Whether readers may write under statements.
    pub comments: bool,
    /// Whether those concerned may reply.
    pub replies: bool,
    /// Whether the most-read list is shown.
    pub most_read: bool,
    /// Whether the support picture is shown.
    pub support: bool,
}

/// A statement. The row's id is random.
#[derive(Clone, Serialize, Deserialize)]
pub struct StatementRecord {
    /// When it was begun, milliseconds since 1970.
    pub made_ms: u64,
    /// When it was last written to, milliseconds since 1970.
    pub changed_ms: u64,
    /// Raised by one with each change.
    pub revision: u64,
    /// Its case.
    pub case: Option<[u8; 16]>,
    /// The message whose parts are opened, where the case has none of its own.
    pub message: Option<[u8; 16]>,
    /// What is written so far.
    pub draft: Draft,
    /// Whether the draft was changed since the newest version.
    pub unpublished: bool,
    /// Its name in addresses, from the first version on.
    pub address: Option<String>,
    /// Related statements, as the newest version was published with.
    #[serde(default)]
    pub related: Vec<String>,
    /// Its versions, the first first.
    #[serde(default)]
    pub versions: Vec<IssuedRecord>,
    /// When, in milliseconds since 1970, and why it was withdrawn.
    #[serde(default)]
    pub withdrawn: Option<(u64, String)>,
    /// Those who were invited to reply.
    #[serde(default)]
    pub invitations: Vec<InvitationRecord>,
}
record!(StatementRecord, 53);

/// What is noted of a version.
#[derive(Clone, Serialize, Deserialize)]
pub struct IssuedRecord {
    /// When it was published, seconds since 1970.
    pub at: u64,
    /// What it answers.
    pub kind: Kind,
    /// Its heading.
    pub title: String,
    /// What was new in it.
    pub note: Option<String>,
    /// The message of which it opens parts.
    pub message: Option<[u8; 16]>,
    /// The parts that it shows open, from 1.
    pub open: Vec<usize>,
    /// What its bundle shows besides.
    pub shows: Shows,
}

/// Somebody who was invited to reply.
#[derive(Clone, Serialize, Deserialize)]
pub struct InvitationRecord {
    /// How the page will name him.
    pub name: String,
    /// What his personal link ends with: 32 random bytes in hexadecimal.
    pub token: String,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// Until when a reply is waited for, milliseconds since 1970.
    pub until_ms: u64,
    /// Whether he is the person concerned of the case.
    pub concerned: bool,
    /// Whether a reply came.
    pub replied: bool,
    /// Whether it was taken back.
    pub ended: bool,
}

/// A version as it is published, byte for byte. The row's id is the statement's, and the number (u32, big-endian).
#[derive(Clone, Serialize, Deserialize)]
pub struct VersionRecord {
    /// The file of the version.
    pub version: String,
    /// The bundle.
    pub bundle: Option<String>,
}
record!(VersionRecord, 54);

/// Something that a reader sent. The row's id is the first 16 bytes of the SHA-256 of the file that it came in: it is taken once.
#[derive(Clone, Serialize, Deserialize)]
pub struct SlipRecord {
    /// The statement.
    pub statement: [u8; 16],
    /// Whether it is a reply; else a comment.
    pub reply: bool,
    /// The name that goes with it.
    pub name: String,
    /// The words.
    pub text: String,
    /// When the pressroom took it, by its word, seconds since 1970.
    pub at: u64,
    /// Whether it came after the term of its invitation.
    #[serde(default)]
    pub late: bool,
    /// What the desk decided: none, let through, or not.
    pub public: Option<bool>,
    /// When, milliseconds since 1970; none also where it was decided before that was kept.
    #[serde(default)]
    pub decided_ms: Option<u64>,
}
record!(SlipRecord, 55);
