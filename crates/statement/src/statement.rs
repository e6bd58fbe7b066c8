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

/// One version of a statement.
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
    /// How the post differs from it: only what is open on both sides.
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
    /// The channel or site, as people call it.
    pub source: String,
    /// Where it stood.
    pub url: Option<String>,
    /// Who published it, as it names itself.
    pub author: Option<String>,
    /// When, by its own word, seconds since 1970.
    pub published_at: Option<u64>,
    /// When it was captured, seconds since 1970.
    pub captured_at: u64,
    /// SHA-256 of the capture, hexadecimal.
    pub sha256: String,
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
    /// Its text; none of a hole.
    pub text: Option<String>,
    /// Whether a new paragraph begins with it.
    pub paragraph: bool,
}

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
    /// SHA-256 (hexadecimal) of the tokens of personal reply links that are open, and until when (seconds since 1970).
    pub invited: Vec<(String, u64)>,
    /// Taken back, and why: the page says so and shows the versions all the same.
    pub withdrawn: Option<String>,
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
