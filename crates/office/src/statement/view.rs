//! Statements as the desk lists, shows and edits them.

use countermark_statement::{Fault, Features, Kind, Version};

use serde::{Deserialize, Serialize};

use crate::prove::Shows;

/// What is to be published, as far as it is written.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// The heading, one line.
    pub title: String,
    /// What it is filed under, one line; may be empty.
    pub category: String,
    /// Who speaks, one line.
    pub byline: String,
    /// The language that it is written in (BCP 47); empty: the site's.
    pub language: String,
    /// The statement itself: plain text, paragraphs set apart by an empty line.
    pub text: String,
    /// What is new against the version before; counts for nothing in the first.
    pub note: String,
    /// The parts to open, from 1, besides those that this statement has opened already.
    pub open: Vec<usize>,
    /// Whether the post's text is kept back.
    pub hide_post: bool,
    /// How the page calls the place of the post; empty: by the host of its address, or the source's name.
    pub source: String,
    /// What its bundle shows besides the text of parts.
    pub shows: Shows,
    /// Related statements, by their names in addresses.
    pub related: Vec<String>,
    /// The name in the address that is wanted; empty: made of the title. It is settled with the first version.
    pub address: String,
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("open", &self.open).field("shows", &self.shows).finish_non_exhaustive()
    }
}

/// What a new statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About<'a> {
    /// A case: an id or its first characters. The message is the one that was found.
    Case(&'a str),
    /// A case in which nothing was traced (reworded, invented), answered by opening parts of a message.
    CaseWith {
        /// The case.
        case: &'a str,
        /// The message, as [`Office::message`](crate::Office::message) takes it.
        message: &'a str,
    },
    /// A message that nobody published.
    Message(&'a str),
    /// Nothing but what the office has to say.
    Notice,
}

/// A line of the list of statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementSummary {
    /// The id, for the desk: 16 bytes.
    pub id: [u8; 16],
    /// Its name in addresses; none before the first version.
    pub address: Option<String>,
    /// The heading of the newest version, or of the draft where there is none.
    pub title: String,
    /// What it answers.
    pub kind: Kind,
    /// Its case.
    pub case: Option<[u8; 16]>,
    /// Versions that are published.
    pub versions: u32,
    /// When it was last written to: a version published, or the draft saved; milliseconds since 1970.
    pub changed_ms: u64,
    /// Whether the draft says something else than the newest version.
    pub unpublished: bool,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// Comments and replies that wait for the desk.
    pub waiting: usize,
}

impl StatementSummary {
    /// `draft`, `published`, `changed` (published, and the draft goes on), `withdrawn`.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self {
            _ if self.withdrawn => "withdrawn",
            _ if self.versions == 0 => "draft",
            _ if self.unpublished => "changed",
            _ => "published",
        }
    }
}

/// A statement, whole, as the desk works on it.
#[derive(Debug, Clone)]
pub struct StatementView {
    /// What the list says of it.
    pub summary: StatementSummary,
    /// What is written so far.
    pub draft: Draft,
    /// Raised by one with each change of the draft and each version: see [`Office::save_draft`](crate::Office::save_draft).
    pub revision: u64,
    /// The message's parts, where there is a message; what is open and what this draft would open.
    pub parts: Vec<PartChoice>,
    /// Whether what is opened of it is the office's own copy's, and other copies may have other wordings.
    pub own_copy: bool,
    /// The versions, the first first.
    pub versions: Vec<VersionLine>,
    /// The published text of the case, where there is one.
    pub post: Option<String>,
    /// Why it was withdrawn.
    pub withdrawn: Option<String>,
    /// When, milliseconds since 1970.
    pub withdrawn_ms: Option<u64>,
    /// Those who were invited to reply, the oldest first.
    pub invitations: Vec<Invitation>,
}

/// A part of the message, as one chooses what to open.
#[derive(Clone, PartialEq, Eq)]
pub struct PartChoice {
    /// From 1.
    pub number: usize,
    /// Its text, for the desk alone.
    pub text: String,
    /// How many words the public sees a hole to have: `1-5` to `41+`.
    pub words: &'static str,
    /// What the public has of it.
    pub public: Public,
    /// Whether the next version opens it, or shows it as open again.
    pub open: bool,
    /// Whether copies may differ in it.
    pub sites: bool,
}

impl std::fmt::Debug for PartChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartChoice").field("number", &self.number).field("open", &self.open).finish_non_exhaustive()
    }
}

/// Whether a part is public already. An opening can't be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Public {
    /// It is closed.
    No,
    /// An earlier version of this statement opened it: every later one shows it as open.
    Here,
    /// Another statement opened it, or a bundle that was made with `prove`.
    Elsewhere,
}

/// A version as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// From 1.
    pub number: u32,
    /// When it was published, seconds since 1970.
    pub at: u64,
    /// Its heading.
    pub title: String,
    /// What was new in it.
    pub note: Option<String>,
    /// The parts that it shows open.
    pub open: Vec<usize>,
}

/// The next version, exactly as the public will see it, and what goes with it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The version; its bundle stands in it as `sha256` of zeros and no bytes, since none has been made.
    pub version: Version,
    /// Parts that it makes public.
    pub opens: Vec<usize>,
    /// Parts that it shows and that are public already.
    pub already: Vec<usize>,
    /// Parts that stay holes.
    pub closed: Vec<usize>,
    /// What is to be thought of before it goes out; nothing here keeps it from being published.
    pub cautions: Vec<Caution>,
    /// What keeps it from being published.
    pub lacks: Vec<Fault>,
}

/// Something to think of before a version goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caution {
    /// The statement's own words repeat eight or more words in a row of a part that stays closed.
    SaysClosed {
        /// The part.
        part: usize,
    },
    /// The post's text shows words of a part that stays closed, as the post has them.
    PostShowsClosed {
        /// The part.
        part: usize,
    },
    /// The post's text shows, of a part that is opened, another wording than the one that is opened: whoever reads both learns that a site is
    /// there, and how the copy reads that was published.
    PostShowsWording {
        /// The part.
        part: usize,
    },
    /// The message is sealed, and its leaf is not in the log: publishing puts it there at once.
    NotLogged,
    /// The message was sealed after the post was captured: the proof says so in its first line.
    SealedAfter,
    /// Nothing proves what it says: it has no message.
    Unproved,
    /// The text differs from the message, and a program read it off a picture: it may have misread it.
    ReadOffPicture,
}

/// What was published.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Its name in addresses.
    pub address: String,
    /// The version as it stands there.
    pub version: Version,
    /// Parts that became public with it.
    pub opened: Vec<usize>,
    /// Parts that stay holes.
    pub closed: Vec<usize>,
    /// Whether an outside clock's word is in its bundle; none without a bundle.
    pub stamped: Option<bool>,
    /// Whether the published directory has it; else it is completed at the next start.
    pub placed: bool,
}

/// What the office says of its site. Log key, witnesses and the desk's own key are added where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteSettings {
    /// The name at the head of every page.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
    /// The language of the interface: one of [`LANGUAGES`](countermark_statement::LANGUAGES).
    pub language: String,
    /// Where the public reaches it.
    pub address: Option<String>,
    /// Where the log's tiles are published.
    pub log_url: Option<String>,
    /// How the office is reached.
    pub contact: Option<String>,
    /// What readers may do.
    pub features: Features,
    /// Whether there is a support picture.
    pub picture: bool,
}

/// Somebody who was invited to reply.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// How the page will name him.
    pub name: String,
    /// What his personal link ends with; for the desk alone.
    pub token: String,
    /// When he was invited, milliseconds since 1970.
    pub at_ms: u64,
    /// Until when a reply is waited for, milliseconds since 1970.
    pub until_ms: u64,
    /// Whether he is the person concerned of the case, and his reply counts as heard.
    pub concerned: bool,
    /// Whether a reply came.
    pub replied: bool,
    /// Whether it was taken back.
    pub ended: bool,
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation")
            .field("until_ms", &self.until_ms)
            .field("replied", &self.replied)
            .finish_non_exhaustive()
    }
}

/// What readers sent and the desk took in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SlipsTaken {
    /// Comments that wait now.
    pub comments: usize,
    /// Replies that wait now.
    pub replies: usize,
    /// Files that no pressroom of this office wrote, and slips on statements, links or features that there are not.
    pub skipped: usize,
}

/// What a reader sent.
#[derive(Clone, PartialEq, Eq)]
pub struct SlipView {
    /// The id: 16 bytes.
    pub id: [u8; 16],
    /// The statement.
    pub statement: [u8; 16],
    /// Its name in addresses.
    pub address: String,
    /// Whether it is the reply of somebody invited; else a comment.
    pub reply: bool,
    /// The name: a reader's as he calls himself, an invited person's as the office does.
    pub name: String,
    /// The words.
    pub text: String,
    /// When the pressroom took it, by its word, seconds since 1970.
    pub at: u64,
    /// Whether it came after the term of its invitation.
    pub late: bool,
    /// What the desk decided.
    pub state: SlipState,
}

impl std::fmt::Debug for SlipView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlipView").field("reply", &self.reply).field("state", &self.state).finish_non_exhaustive()
    }
}

/// What the desk decided on something that a reader sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlipState {
    /// It stands on the page.
    Public,
    /// It does not, and will not.
    Refused,
    /// Nothing yet.
    Waiting,
}

/// What the published directory lacked, or has that the vault does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PressReport {
    /// Files that were written.
    pub written: usize,
    /// Versions that stand there with other words than the vault has: name in addresses, number.
    pub differing: Vec<(String, u32)>,
    /// Statements there that the vault does not know, as after a restore.
    pub unknown: Vec<String>,
}
