//! A statement and its versions.

use serde::{Deserialize, Serialize};

/// A statement as the published directory has it: its versions, none of which ever changes, and what is said around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name in addresses: lower-case letters, digits and hyphens, at most 80.
    pub id: String,
    /// The versions, the first first; never empty.
    pub versions: Vec<Version>,
    /// What changes without a new version.
    pub state: State,
}

impl Statement {
    /// The newest version; `None` of a statement without any, which no reader ever gives.
    #[must_use]
    pub fn latest(&self) -> Option<&Version> {
        self.versions.last()
    }
}

/// One version of a statement, `N.json`. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// From 1.
    pub number: u32,
    /// When it was published, seconds since 1970.
    pub published_at: u64,
    /// The language that it is written in (BCP 47).
    pub language: String,
    /// Its heading, one line.
    pub title: String,
    /// What it is filed under, one line.
    pub category: Option<String>,
    /// Who speaks, one line.
    pub byline: String,
    /// The statement itself: plain text, paragraphs set apart by an empty line.
    pub text: String,
    /// What is new against the version before; none of the first.
    pub note: Option<String>,
    /// What it answers.
    pub kind: Kind,
    /// The post that it answers, as far as it is to be shown.
    pub post: Option<Post>,
    /// What was sealed, as far as it is opened.
    pub opened: Option<Opened>,
    /// How the post differs from it: only where everything that was sent there is open. Of a post whose text is not shown, `published`
    /// and `at` are missing.
    pub changes: Vec<Change>,
    /// The bundle that proves it, beside this file.
    pub bundle: Option<BundleFile>,
}

/// What a statement answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words that he never wrote.
    Invented,
    /// A message of the writer's that was published.
    Leak,
    /// Nothing that was published: the office has something to say.
    Notice,
    /// A message of the writer's, reworded.
    Reworded,
}

/// A post, as the statement shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// The channel or site, as people call it; none where nothing is known of it.
    pub source: Option<String>,
    /// Where it stood.
    pub url: Option<String>,
    /// Who published it, as it names itself.
    pub author: Option<String>,
    /// When, by its own word, seconds since 1970.
    pub published_at: Option<u64>,
    /// When it was captured, seconds since 1970.
    pub captured_at: u64,
    /// SHA-256 of the capture, hexadecimal; only beside its text. Of a text that is kept back it would tell everybody who guesses it that
    /// he guessed right.
    pub sha256: Option<String>,
    /// Its text; none where the office would not repeat it.
    pub text: Option<String>,
}

/// A sealed message as the statement shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// Its reference.
    pub reference: Option<String>,
    /// Every part in order, the closed ones as holes.
    pub parts: Vec<Part>,
}

/// A part: open, or a hole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// From 1.
    pub number: u32,
    /// How many words it has, as the seal commits it: `1-5`, `6-10`, `11-20`, `21-40`, `41+`.
    pub words: String,
    /// Its text as the bundle has it, the white space that follows it included; none of a hole.
    pub text: Option<String>,
    /// Whether a new paragraph begins with it, as far as open parts show that.
    pub paragraph: bool,
}

/// The classes of lengths, as a [`Part`] names them, the shortest first.
pub const WORDS: [&str; 5] = ["1-5", "6-10", "11-20", "21-40", "41+"];

/// A difference between what was sent and what was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What kind.
    pub kind: ChangeKind,
    /// The part that it is in, from 1.
    pub part: Option<u32>,
    /// What was sent.
    pub sent: Option<String>,
    /// What was published.
    pub published: Option<String>,
    /// Where it stands in the post's text: bytes, from and up to.
    pub at: Option<(usize, usize)>,
}

/// Kinds of differences, the design's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Published, and not sent.
    Added,
    /// Sent one way, published another.
    Changed,
    /// Sent and published in another place.
    Moved,
    /// Sent, and not published.
    Omitted,
}

/// The bundle of a version: the file `N.bundle.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleFile {
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// How many they are.
    pub bytes: u64,
}

/// What changes without a new version: `state.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Statements that a reader may want beside this one, by id.
    pub related: Vec<String>,
    /// What those concerned answer, the oldest first.
    pub replies: Vec<Reply>,
    /// Comments that the desk let through, the oldest first.
    pub comments: Vec<Comment>,
    /// The personal links by which a reply is waited for.
    pub invited: Vec<Invited>,
    /// Taken back: the page says so, and shows the versions all the same.
    pub withdrawn: Option<Withdrawn>,
}

/// A personal link that is open; whom it was given to, the public does not learn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// SHA-256 of the link's token (its bytes as they stand in the link), hexadecimal.
    pub sha256: String,
    /// Until when, seconds since 1970.
    pub until: u64,
}

/// That a statement was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// When, seconds since 1970.
    pub at: u64,
    /// Why.
    pub reason: String,
}

/// What somebody concerned answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Who, as the page names him.
    pub name: String,
    /// When it came, seconds since 1970.
    pub at: u64,
    /// His words.
    pub text: String,
}

/// What a reader wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// As he calls himself.
    pub name: String,
    /// When it came, seconds since 1970.
    pub at: u64,
    /// His words.
    pub text: String,
}
