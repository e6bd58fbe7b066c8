//! The first alarm: where, when, how much and how rare. Nothing of a text, no recipient, no message.

mod bell;
mod command;
mod smtp;
mod webhook;

use countermark_inbox::Level;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub(crate) use bell::Bell;
pub use webhook::{SIGNATURE, TIMESTAMP, signature};

use crate::Credentials;
use crate::config::{AlarmConfig, Way};

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The handle of what lies in the inbox; random.
    pub handle: String,
    /// Shared words, or invented ones.
    pub level: Level,
    /// The source's name.
    pub source: String,
    /// Where a reader finds the post.
    pub url: Option<String>,
    /// When the service says that it was published, seconds since 1970.
    pub published_at: Option<u64>,
    /// When it had come, seconds since 1970.
    pub captured_at: u64,
    /// Words shared.
    pub words: u32,
    /// How rare they are, in bits.
    pub bits: f64,
}

/// What goes out at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// One alarm.
    One(Alarm),
    /// Many that came together.
    Many {
        /// How many.
        count: u64,
        /// The first of them.
        first: Vec<Alarm>,
    },
    /// What the desk found in it.
    Second(Second),
}

/// The second alarm: what the desk found where the first one was rung. It holds no text, no recipient and no message either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Second {
    /// The first alarm's handle.
    pub handle: String,
    /// The case, 32 hexadecimal digits.
    pub case: String,
    /// `leak`, `invented` or `foreign`.
    pub kind: String,
    /// Words of the message that were found.
    pub words: usize,
    /// What was changed, left out, added or moved.
    pub changes: usize,
    /// When the post had come, seconds since 1970.
    pub captured_at: u64,
}

impl Second {
    /// One line for people.
    #[must_use]
    pub fn line(&self) -> String {
        let case = self.case.get(..8).unwrap_or_default();
        match self.kind.as_str() {
            "leak" => format!("ours: {} words, {} changes; case {case} ({})", self.words, self.changes, self.handle),
            "invented" => format!("words attributed to you and not found; case {case} ({})", self.handle),
            _ => format!("unknown: nothing of ours; case {case} ({})", self.handle),
        }
    }
}

/// Why a way did not work. Nothing that came from outside stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WayFault {
    /// The credentials are missing.
    #[error("has no credentials")]
    Credentials,
    /// The command can't be started.
    #[error("can't be started")]
    Start,
    /// The command ended with an error.
    #[error("ended with status {0}")]
    Ended(i32),
    /// It took too long.
    #[error("took longer than {} s", crate::limits::WAY.as_secs())]
    Late,
    /// An address is none.
    #[error("has an address that is none")]
    Address,
    /// The mail server did not take it.
    #[error("was not taken by the mail server")]
    Mail,
    /// The other side can't be reached, or refuses.
    #[error("is not taken by the other side: {0}")]
    Webhook(&'static str),
    /// The other side answered with another status than success.
    #[error("was answered with status {0}")]
    Status(u16),
}

/// A way to tell.
pub(crate) trait Deliver: Send {
    fn deliver(&mut self, message: &Message, now: u64) -> Result<(), WayFault>;
}

/// Makes a way ready.
pub(crate) fn way(config: &AlarmConfig, credentials: &Credentials, net: &countermark_sources::Net) -> Box<dyn Deliver> {
    let secret = credentials.of_alarm(&config.name).map(str::to_owned);
    match &config.way {
        Way::Command { argv } => Box::new(command::Program::new(argv.clone())),
        Way::Smtp { server, tls, from, to } => Box::new(smtp::Mail::new(server, *tls, from, to, secret)),
        Way::Webhook { url, allow_private } => {
            Box::new(webhook::Webhook::new(url.clone(), *allow_private, secret, net.clone()))
        }
    }
}

/// Tells by one way that it works.
///
/// # Errors
/// [`WayFault`].
pub fn test(
    config: &AlarmConfig,
    credentials: &Credentials,
    net: &countermark_sources::Net,
    now: u64,
) -> Result<(), WayFault> {
    let alarm = Alarm {
        handle: "0".repeat(32),
        level: Level::Alarm,
        source: "test".to_owned(),
        url: Some("https://example.org/this-is-a-test".to_owned()),
        published_at: Some(now),
        captured_at: now,
        words: 0,
        bits: 0.0,
    };
    way(config, credentials, net).deliver(&Message::One(alarm), now)
}

/// Tells the second alarm by every way, and gives those that did not work.
pub fn send_second(
    ways: &[AlarmConfig],
    credentials: &Credentials,
    net: &countermark_sources::Net,
    second: &Second,
    now: u64,
) -> Vec<(String, WayFault)> {
    let message = Message::Second(second.clone());
    let failed = ways.iter().filter_map(|config| {
        let fault = way(config, credentials, net).deliver(&message, now).err()?;
        Some((config.name.clone(), fault))
    });
    failed.collect()
}

impl Alarm {
    /// One line for people.
    #[must_use]
    pub fn line(&self) -> String {
        let url = self.url.clone().unwrap_or_else(|| format!("at {}", self.source));
        match self.level {
            Level::Invented => format!("words attributed to you and not found: {url} ({})", self.handle),
            _ => format!("{} shared words, {:.0} bits: {url} ({})", self.words, self.bits, self.handle),
        }
    }

    pub(crate) fn level_name(&self) -> &'static str {
        match self.level {
            Level::Alarm => "alarm",
            Level::Deleted => "deleted",
            Level::Invented => "invented",
            Level::Match => "match",
        }
    }
}

impl Message {
    /// The alarms that it names.
    pub(crate) fn alarms(&self) -> &[Alarm] {
        match self {
            Self::One(alarm) => std::slice::from_ref(alarm),
            Self::Many { first, .. } => first,
            Self::Second(_) => &[],
        }
    }

    /// How many alarms it stands for.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::One(_) | Self::Second(_) => 1,
            Self::Many { count, .. } => *count,
        }
    }

    /// One line for people.
    pub(crate) fn summary(&self) -> String {
        match self {
            Self::One(alarm) => alarm.line(),
            Self::Second(second) => second.line(),
            Self::Many { count, first } => match first.first() {
                Some(alarm) => format!("{count} alarms, the first: {}", alarm.line()),
                None => format!("{count} alarms"),
            },
        }
    }
}
