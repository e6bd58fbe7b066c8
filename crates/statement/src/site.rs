//! The pressroom's own page: whose it is, which key its log has, what is switched on.

use serde::{Deserialize, Serialize};

/// The languages that the interface knows.
pub const LANGUAGES: [&str; 5] = ["en", "fr", "de", "ru", "zh"];

/// What the public sees of the office, `site.json`. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The name at the head of every page; empty while the office has given none.
    pub name: String,
    /// What it is, in a line; may be empty.
    pub about: String,
    /// The language of the interface where a reader's browser asks for none that there is: one of [`LANGUAGES`].
    pub language: String,
    /// Where the public reaches it, `https://press.example`, without a slash at the end; feeds and previews need it.
    pub address: Option<String>,
    /// The log's verifier key, as `verify --log-key` takes it.
    pub log_key: Option<String>,
    /// The verifier keys of the witnesses that the office asks.
    pub witnesses: Vec<String>,
    /// Where the log's tiles are published, if they are.
    pub log_url: Option<String>,
    /// How the office is reached; shown as it stands.
    pub contact: Option<String>,
    /// What readers may do.
    pub features: Features,
    /// The age recipient to which what readers send is sealed. Without it nothing is taken.
    pub desk: Option<String>,
}

impl Default for Site {
    /// A site of which nothing is known: what the pressroom shows of a directory without a `site.json`.
    fn default() -> Self {
        Self {
            name: String::new(),
            about: String::new(),
            language: "en".to_owned(),
            address: None,
            log_key: None,
            witnesses: Vec::new(),
            log_url: None,
            contact: None,
            features: Features::default(),
            desk: None,
        }
    }
}

/// What is off until an office turns it on, and then invisible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Features {
    /// Readers may write under a statement; the desk reads before anybody else does.
    pub comments: bool,
    /// Whoever a statement concerns may answer on it, by a personal link.
    pub replies: bool,
    /// The most-read list, and how often a page was read.
    pub most_read: bool,
    /// The picture `support.png` is shown.
    pub support: bool,
}
