//! What the desk can't do itself: whatever touches files, processes and the network. The binary brings it.

use std::sync::LazyLock;

use countermark_marking::rules::Pack;
use countermark_ocr::{Limits, Read, Reader};
use countermark_office::Office;

use crate::Desk;

/// What a new office is made with, or an old one opened.
#[derive(Clone, Copy)]
pub struct NewOffice<'a> {
    /// The log's origin, for a vault that is made; a random one when there is none.
    pub origin: Option<&'a str>,
    /// The vault's passphrase.
    pub passphrase: &'a str,
    /// The person, as the audit trail names him.
    pub who: &'a str,
}

impl std::fmt::Debug for NewOffice<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewOffice(..)")
    }
}

/// A source as the watcher knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceState {
    /// Its name.
    pub name: String,
    /// What it is, `telegram:CHANNEL`.
    pub spec: String,
    /// How often it is asked, where that was said: `60s`.
    pub every: Option<String>,
    /// When it last answered, seconds since 1970.
    pub answered: Option<u64>,
    /// Its last failure, and when, seconds since 1970.
    pub failed: Option<(u64, String)>,
    /// Until when it is left alone after failures, seconds since 1970.
    pub left_alone: Option<u64>,
    /// Posts that were looked at.
    pub posts: u64,
    /// Matches among them.
    pub matches: u64,
    /// Alarms among them.
    pub alarms: u64,
}

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

    /// Asks the office's time-stampers and witnesses about the newest checkpoint; says who gave nothing. They take their time: the office
    /// is had by [`Desk::tend`] for moments only, and others use it meanwhile.
    fn ask_clocks(&self, desk: &Desk) -> Vec<String> {
        let _ = desk;
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

    /// Reads the text of a picture from outside, within limits, in a process of its own.
    ///
    /// # Errors
    /// Why there is none.
    fn read_picture(&self, picture: &[u8]) -> Result<Read, String> {
        let reader = Reader::new("tesseract", &["eng", "rus"], Limits::default()).map_err(|error| error.to_string())?;
        reader.read(picture).map_err(|error| error.to_string())
    }

    /// Why a copy is looked for in whatever a source brings; none for one without a standing reason.
    fn standing_reason(&self, source: &str) -> Option<String> {
        let _ = source;
        None
    }

    /// The desk's file (`X.desk`), at most 4 MiB; none where there is none.
    ///
    /// # Errors
    /// Why it can't be read. A file that is there and can't be read is an error, never none.
    fn desk_file(&self) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }

    /// Puts the desk's file in the place of the old one, readable by its owner alone (0600). When this returns `Ok` it is durable: written beside,
    /// synced, renamed, the folder synced. Before that the old one stands whole.
    ///
    /// # Errors
    /// Why it can't be written.
    fn keep_desk_file(&self, content: &[u8]) -> Result<(), String> {
        let _ = content;
        Err("this desk keeps no file of persons".to_owned())
    }

    /// The code that whoever sets the desk up must have: printed where the desk was started, made anew at each start, none once there is a file.
    fn set_up_code(&self) -> Option<String> {
        None
    }

    /// Whether there is a vault already, which the first person opens; else he makes one.
    fn has_vault(&self) -> bool {
        true
    }

    /// Makes the vault with its log, or opens the one that there is by its passphrase.
    ///
    /// # Errors
    /// Why not: a wrong passphrase, a log's name that is none, a disk that is full.
    fn found(&self, new: &NewOffice<'_>) -> Result<Office, String> {
        let _ = new;
        Err("this desk makes no vault: `countermark init` does".to_owned())
    }

    /// What is watched, and what of it answers.
    ///
    /// # Errors
    /// Why the watcher's folder can't be read.
    fn sources(&self) -> Result<Vec<SourceState>, String> {
        Ok(Vec::new())
    }

    /// Watches one source more, given as `watch add` takes it (`telegram:CHANNEL`); `every` as `60s`, the source's own pace where there is none;
    /// `secret` for those that want a token. Returns its name.
    ///
    /// # Errors
    /// What is wrong with it.
    fn add_source(&self, spec: &str, every: Option<&str>, secret: Option<&str>) -> Result<String, String> {
        let _ = (spec, every, secret);
        Err("this desk has no watcher".to_owned())
    }

    /// Watches a source no more.
    ///
    /// # Errors
    /// Why it can't be removed.
    fn remove_source(&self, name: &str) -> Result<(), String> {
        let _ = name;
        Err("this desk has no watcher".to_owned())
    }

    /// Asks a source now: what it answered, in a sentence. Nothing is kept of it.
    ///
    /// # Errors
    /// Why it gives nothing.
    fn ask_source(&self, name: &str) -> Result<String, String> {
        let _ = name;
        Err("this desk has no watcher".to_owned())
    }

    /// The names by which the public knows the writer, one each: words that are put into his mouth are found by them.
    ///
    /// # Errors
    /// Why the watcher's folder can't be read.
    fn watched_names(&self) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }

    /// Puts other names in their place.
    ///
    /// # Errors
    /// What is wrong with them.
    fn set_watched_names(&self, names: &[String]) -> Result<(), String> {
        let _ = names;
        Err("this desk has no watcher".to_owned())
    }

    /// Whether an outside clock can be asked there: `https`, or `http` for what a witness of the same machine speaks.
    ///
    /// # Errors
    /// What is wrong with the address.
    fn check_clock(&self, url: &str) -> Result<(), String> {
        let _ = url;
        Ok(())
    }

    /// Where the pressroom can be read on this machine; none where that is not known.
    fn pressroom(&self) -> Option<&str> {
        None
    }

    /// What the configuration sets, as (name, value) in the order in which it is shown: limits, rates, languages.
    fn configuration(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}
