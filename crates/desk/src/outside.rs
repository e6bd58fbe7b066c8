//! What the desk can't do itself: whatever touches files, processes and the network. The binary brings it.

use std::sync::LazyLock;

use countermark_marking::rules::Pack;
use countermark_office::Office;

/// What the office decided once, for every message.
#[derive(Debug)]
pub struct Habits {
    /// Language packs beside the built-in one.
    pub packs: Vec<Pack>,
    /// How many recipients a message may have.
    pub max_recipients: usize,
    /// The chance of naming an unused copy, where a message does not say.
    pub epsilon: String,
    /// After how many days a codebook is destroyed.
    pub codebook_days: u32,
}

impl Default for Habits {
    fn default() -> Self {
        Self { packs: Vec::new(), max_recipients: 50, epsilon: "1e-4".to_owned(), codebook_days: 365 }
    }
}

/// The world around a desk. Errors are sentences for the person at the desk: no secret, text or name is in them.
pub trait Outside: Send + Sync {
    /// Opens the vault with an identity (the content of its file) for a person.
    ///
    /// # Errors
    /// Why it can't be opened.
    fn open(&self, identity: &str, who: &str) -> Result<Office, String>;

    /// What the office decided once: its configuration.
    fn habits(&self) -> &Habits {
        static USUAL: LazyLock<Habits> = LazyLock::new(Habits::default);
        &USUAL
    }

    /// Asks the office's time-stampers and witnesses about the newest checkpoint; says who gave nothing.
    fn ask_clocks(&self, office: &mut Office) -> Vec<String> {
        let _ = office;
        Vec::new()
    }

    /// Fetches a public page: its bytes as they came over the wire in a capture (WARC), and its article's text.
    ///
    /// # Errors
    /// Why it can't be had.
    fn fetch(&self, url: &str) -> Result<(Vec<u8>, String), String> {
        let _ = url;
        Err("this desk fetches no pages: paste the text, or drop a screenshot".to_owned())
    }
}
