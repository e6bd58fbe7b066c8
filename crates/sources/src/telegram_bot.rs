//! Channels that a bot of the owner's is an administrator of, by Telegram's Bot API (`getUpdates`, long polling).
//!
//! Telegram keeps updates for 24 hours and gives them to one asker only. The next poll's offset tells it that what came before
//! is safe, so a lost cursor costs nothing that is younger.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Accept, Batch, Cursor, Fault, Fetched, Limits, Net, Picture, Reach, Request, Secret, Source};

mod message;

pub use message::parse;

/// The longest wait that the service is asked for. Its own limit is 50 s.
const LONGEST: Duration = Duration::from_secs(50);

/// What an answer may take beyond the wait.
const MARGIN: Duration = Duration::from_secs(15);

/// The longest wait that it may ask for and be heard.
const LONGEST_WAIT: u64 = 3600;

/// What a picture's address begins with.
const FILE: &str = "telegram-file:";

/// Which channels of a bot's are watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channels {
    /// All that it is in.
    All,
    /// One, by its name without `@`, or its number.
    One(String),
}

/// A bot.
#[derive(Debug)]
pub struct TelegramBot {
    channels: Channels,
    token: Option<Secret>,
    base: String,
    reach: Reach,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// The first update that is wanted; 0 before the first poll.
    offset: i64,
}

/// What every answer is wrapped in.
#[derive(Deserialize)]
struct Wrapped<T> {
    ok: bool,
    result: Option<T>,
    error_code: Option<i64>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
}

#[derive(Deserialize)]
struct RemoteFile {
    file_path: Option<String>,
}

impl TelegramBot {
    /// A bot by its token. Without one it refuses each poll.
    #[must_use]
    pub fn new(channels: Channels, token: Option<Secret>, base: &str, reach: Reach) -> TelegramBot {
        TelegramBot { channels, token, base: base.trim_end_matches('/').to_owned(), reach }
    }

    fn request(&self, path: &str) -> Result<Request, Fault> {
        let token = self.token.as_ref().ok_or(Fault::Refused)?;
        Ok(Request::get(format!("{}/{path}", self.base)).secret(token).reach(self.reach).accept(Accept::Any))
    }
}

impl Source for TelegramBot {
    fn poll(&mut self, net: &Net, cursor: &Cursor) -> Result<Batch, Fault> {
        let mut state: State = cursor.state();
        let wait = net.patience().min(LONGEST);
        let path = format!(
            "bot[secret]/getUpdates?timeout={}&limit=100&offset={}&allowed_updates=%5B%22channel_post%22%2C%22edited_channel_post%22%5D",
            wait.as_secs(),
            state.offset,
        );
        let limits = Limits { whole: wait + MARGIN, ..net.limits() };
        let (answer, exchange) = net.ask(&self.request(&path)?.limits(limits))?;
        let updates: Vec<serde_json::Value> = open(&answer.body)?;
        let more = updates.len() >= 100;
        let exchange = Arc::new(exchange);
        let mut posts = Vec::new();
        for update in updates {
            let id = update.get("update_id").and_then(serde_json::Value::as_i64);
            let id = id.ok_or(Fault::Garbled("an update without its number"))?;
            state.offset = state.offset.max(id.saturating_add(1));
            // Of one that can't be read no more is said: it would come again for ever.
            posts.extend(parse(update, &self.channels, &exchange));
        }
        Ok(Batch { posts, cursor: Cursor::of(&state), more })
    }

    fn every(&self) -> Duration {
        Duration::ZERO
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn picture(&mut self, net: &Net, picture: &Picture) -> Result<Fetched, Fault> {
        let plain = |text: &str, others: &[u8]| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
        };
        let id = picture.url.strip_prefix(FILE).filter(|id| plain(id, b"-_")).ok_or(Fault::Garbled("a file's id"))?;
        let (answer, _) = net.ask(&self.request(&format!("bot[secret]/getFile?file_id={id}"))?)?;
        let file: RemoteFile = open(&answer.body)?;
        let path = file.file_path.filter(|path| plain(path, b"-_./") && !path.starts_with('/') && !path.contains(".."));
        let path = path.ok_or(Fault::Garbled("a file's path"))?;
        net.ask_picture(&self.request(&format!("file/bot[secret]/{path}"))?.accept(Accept::Success))
    }
}

/// What an answer holds, or what it says is wrong.
fn open<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    let wrapped: Wrapped<T> = serde_json::from_slice(body).map_err(|_| Fault::Garbled("JSON"))?;
    match (wrapped.ok, wrapped.result, wrapped.error_code) {
        (true, Some(result), _) => Ok(result),
        // A token that is none is "not found".
        (false, _, Some(401 | 403 | 404)) => Err(Fault::Refused),
        (false, _, Some(429)) => {
            let seconds = wrapped.parameters.and_then(|parameters| parameters.retry_after).unwrap_or(60);
            Err(Fault::Wait(Duration::from_secs(seconds.clamp(1, LONGEST_WAIT))))
        }
        (false, _, Some(code)) => Err(Fault::Service(code)),
        _ => Err(Fault::Garbled("an answer without a result")),
    }
}
