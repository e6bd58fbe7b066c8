//! What was written before there was a vault: chat exports and mail, read into [`Letter`]s.
//!
//! [`detect`] says by the content which [`Kind`] of file it is, [`read`] reads it. Nothing is lost silently: what is not taken for a
//! letter stands in [`Archive::skipped`] with its place and the reason. Nothing is guessed: a file whose dates fit both `DD/MM` and
//! `MM/DD` is refused until the order is said, a time without a zone is marked as such.
//!
//! ```
//! use countermark_reading::exports::{Kind, Settings, detect, read};
//!
//! let export = "31/01/2024, 10:30 - Ada Lind: The answer is no.\n31/01/2024, 10:31 - Ben Holm: Why?\n";
//! assert_eq!(detect(export.as_bytes()), Some(Kind::WhatsApp));
//! let archive = read(export.as_bytes(), Kind::WhatsApp, &Settings::default())?;
//! assert_eq!(archive.letters[0].text, "The answer is no.");
//! assert_eq!(archive.letters[0].recipients[0].name, "Ben Holm");
//! # Ok::<(), countermark_reading::exports::Error>(())
//! ```

mod dates;
mod detect;
mod lines;
mod signal;
mod telegram;
mod telegram_html;
mod time;

pub use dates::DateOrder;
pub use detect::detect;
pub use time::{Moment, Zone};

use sha2::{Digest, Sha256};

/// Which kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One message as mail programs save it.
    Eml,
    /// Many of them, each after a line `From …`.
    Mbox,
    /// What signal-cli prints, one JSON envelope after the other.
    SignalJson,
    /// The text that sigexport writes.
    SignalText,
    /// A page of Telegram Desktop's export.
    TelegramHtml,
    /// `result.json` of Telegram Desktop's export.
    TelegramJson,
    /// `_chat.txt`, or the text file of an Android telephone.
    WhatsApp,
}

impl Kind {
    /// Its name, as it is kept and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Eml => "eml",
            Self::Mbox => "mbox",
            Self::SignalJson => "signal-json",
            Self::SignalText => "signal-text",
            Self::TelegramHtml => "telegram-html",
            Self::TelegramJson => "telegram-json",
            Self::WhatsApp => "whatsapp",
        }
    }
}

/// A person as the file names him.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party {
    /// His name there; empty where only an address stands.
    pub name: String,
    /// His mail address, telephone number or account; empty where only a name stands.
    pub address: String,
}

impl Party {
    /// Somebody who is known by name only.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), address: String::new() }
    }

    /// Whether he is called so: the whole name or the whole address, whatever the case; of a telephone number, its digits.
    #[must_use]
    pub fn is(&self, given: &str) -> bool {
        let same = |own: &str| !own.is_empty() && fold(own) == fold(given);
        let digits = |text: &str| -> Option<String> {
            let number = text.trim().strip_prefix('+')?;
            let fits =
                number.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '\u{a0}' | '.'));
            fits.then(|| number.chars().filter(char::is_ascii_digit).collect())
        };
        let number = |own: &str| digits(own).filter(|n| !n.is_empty()).is_some_and(|n| digits(given) == Some(n));
        same(&self.name) || same(&self.address) || number(&self.name) || number(&self.address)
    }
}

impl std::fmt::Debug for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Party").finish_non_exhaustive()
    }
}

fn fold(text: &str) -> String {
    let shown = text.chars().filter(|c| !is_mark(*c));
    shown.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Which way a letter went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The writer sent it.
    Sent,
    /// He got it.
    Received,
}

/// Where in a file something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// At this byte, from 0.
    Byte(u64),
    /// The item of this number, from 1, of the chat of this number, from 1.
    Item(usize, usize),
    /// In this line, from 1.
    Line(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Byte(at) => write!(f, "byte {at}"),
            Self::Item(1, item) => write!(f, "message {item}"),
            Self::Item(chat, item) => write!(f, "message {item} of chat {chat}"),
            Self::Line(line) => write!(f, "line {line}"),
        }
    }
}

/// Whether a letter was changed after it was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edited {
    /// The file says nothing of it.
    #[default]
    No,
    /// It was; when, the file does not say.
    Yes,
    /// It was, then.
    At(Moment),
}

/// One message of an archive.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Which way it went, where the file says so by itself; else [`Archive::tell`] finds out who "me" is.
    pub direction: Option<Direction>,
    /// Who wrote it.
    pub author: Party,
    /// To whom. In a chat: the others who write in it.
    pub recipients: Vec<Party>,
    /// When.
    pub at: Moment,
    /// The chat's name, or a mail's subject without `Re:`; empty where the file names none.
    pub thread: String,
    /// A mail's subject.
    pub subject: Option<String>,
    /// The writer's own words.
    pub text: String,
    /// Earlier text that is quoted in it, and not the writer's words in this letter.
    pub quoted: String,
    /// What stands below the line `-- `.
    pub signature: String,
    /// Whether it was changed afterwards.
    pub edited: Edited,
    /// Pictures and files that came with it and are not read.
    pub attachments: usize,
    /// What the file calls it: a `Message-ID`, a number. Empty where it has none.
    pub id: String,
    /// Where it stands.
    pub place: Place,
    /// SHA-256 of what makes it this item and no other; the same in every file that holds it.
    pub item: [u8; 32],
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("direction", &self.direction).field("at", &self.at).finish_non_exhaustive()
    }
}

/// Why an item was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// It can't be read as what it should be.
    Damaged,
    /// It was deleted by its sender.
    Deleted,
    /// No text of its own stands in it.
    Empty,
    /// Its sender passed on what somebody else had written.
    Forwarded,
    /// It is larger than an item may be.
    Large,
    /// A picture, a recording or a file without a word.
    Media,
    /// No time stands at it.
    NoDate,
    /// A reaction, a receipt, a call.
    NoMessage,
    /// A line of the service: somebody joined, a name was changed.
    Service,
    /// It does not say who wrote it.
    NoAuthor,
}

impl Why {
    /// In words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Deleted => "deleted by the sender",
            Self::Empty => "without text",
            Self::Forwarded => "forwarded, not the sender's words",
            Self::Large => "too large",
            Self::Media => "a picture or file without text",
            Self::NoAuthor => "without an author",
            Self::NoDate => "without a date",
            Self::NoMessage => "a reaction, receipt or call",
            Self::Service => "a line of the service",
        }
    }
}

/// An item that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// Where it stands.
    pub place: Place,
    /// Why.
    pub why: Why,
}

/// Something about the whole file that its reader should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// The order of day and month was told from this line's date, which fits only one.
    OrderByDate(DateOrder, usize),
    /// It was told from the order of the messages: in the other one, time would run backwards at this line.
    OrderByTime(DateOrder, usize),
    /// The times have no zone and were read as UTC.
    NoZone,
}

/// What a file holds.
#[derive(Debug, Clone, Default)]
pub struct Archive {
    /// The letters, in the file's order.
    pub letters: Vec<Letter>,
    /// What was not taken.
    pub skipped: Vec<Skipped>,
    /// What should be known of the whole.
    pub remarks: Vec<Remark>,
}

impl Archive {
    /// Says of every letter which way it went, where the file does not say it itself: those of `me` were sent. `me` are names and
    /// addresses.
    pub fn tell(&mut self, me: &[String]) {
        for letter in &mut self.letters {
            letter.tell(me);
        }
    }
}

impl Letter {
    /// As [`Archive::tell`], for one.
    pub fn tell(&mut self, me: &[String]) {
        if me.iter().any(|name| self.author.is(name)) {
            self.direction = Some(Direction::Sent);
        } else if !me.is_empty() {
            self.direction = self.direction.or(Some(Direction::Received));
        }
    }
}

/// How a file is read where it does not say it itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// Whether the day or the month comes first.
    pub order: Option<DateOrder>,
    /// In which zone the times stand that name none.
    pub zone: Option<Zone>,
}

/// Why a file can't be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The dates fit no order, or not the one that was given.
    #[error("the date in line {line} fits no order of day and month that the others fit")]
    NoOrder {
        /// The line.
        line: usize,
    },
    /// It is not what it was taken for.
    #[error("line {line}, column {column}: {what}")]
    Form {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// It is no text in UTF-8.
    #[error("byte {at} is not UTF-8")]
    NotText {
        /// The byte.
        at: usize,
    },
    /// Every date fits both orders.
    #[error("its dates can be read as day and month or as month and day, the one in line {line} for example")]
    TwoOrders {
        /// The first date that differs.
        line: usize,
    },
}

/// Reads a whole file. Mail that does not fit into memory is read with [`crate::mail::mbox::Mailbox`], message by message.
///
/// # Errors
/// [`Error`], where nothing of it can be read; single items that can't be read are [`Archive::skipped`].
pub fn read(bytes: &[u8], kind: Kind, settings: &Settings) -> Result<Archive, Error> {
    let mut archive = match kind {
        Kind::Eml => crate::mail::archive(std::iter::once((Place::Byte(0), bytes))),
        Kind::Mbox => crate::mail::mbox::archive(bytes),
        Kind::SignalJson => signal::read(text(bytes)?)?,
        Kind::SignalText | Kind::WhatsApp => lines::read(text(bytes)?, settings)?,
        Kind::TelegramHtml => telegram_html::read(text(bytes)?, settings),
        Kind::TelegramJson => telegram::read(bytes, settings)?,
    };
    number(&mut archive.letters, kind);
    if archive.letters.iter().any(|letter| !letter.at.zoned) {
        archive.remarks.push(Remark::NoZone);
    }
    Ok(archive)
}

fn text(bytes: &[u8]) -> Result<&str, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| Error::NotText { at: error.valid_up_to() })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Gives chat messages their item hash: equal messages of one moment are told apart by their number, so that none is lost and none is
/// taken twice when the same chat comes again, longer.
fn number(letters: &mut [Letter], kind: Kind) {
    let service = match kind {
        // A mail's hash is that of its bytes.
        Kind::Eml | Kind::Mbox => return,
        Kind::SignalJson | Kind::SignalText => "signal",
        Kind::TelegramHtml | Kind::TelegramJson => "telegram",
        Kind::WhatsApp => "whatsapp",
    };
    let mut seen = std::collections::HashMap::<[u8; 32], u64>::new();
    for letter in letters {
        let at = letter.at.written.to_be_bytes();
        let author = if letter.author.address.is_empty() { &letter.author.name } else { &letter.author.address };
        let fields = [service.as_bytes(), letter.id.as_bytes(), author.as_bytes(), &at[..], letter.text.as_bytes()];
        let first = hash(&fields);
        let nth = seen.entry(first).and_modify(|nth| *nth += 1).or_default();
        letter.item = if *nth == 0 { first } else { hash(&[&first[..], &nth.to_be_bytes()[..]]) };
    }
}

/// SHA-256 over `countermark/taken/1` and fields, each with its length (u64, big-endian) before it.
fn hash(fields: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix("countermark/taken/1");
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}

/// Characters that steer the direction of writing or join letters, and are no text.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
