//! How `watch.toml` names a source: `KIND:WHAT`.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use crate::bluesky::{Account, Bluesky};
use crate::feed::{Depth, Feed};
use crate::folder::Folder;
use crate::mastodon::{Mastodon, Timeline};
use crate::page::WebPage;
use crate::telegram_bot::{Channels, TelegramBot};
use crate::telegram_web::TelegramWeb;
use crate::vk::{Vk, Wall};
use crate::{Reach, Secret, Source};

/// The shortest time between two polls that can be asked for.
const SHORTEST: f64 = 0.05;

/// The longest: a day.
const LONGEST: f64 = 86_400.0;

/// A source by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Spec {
    /// `folder:DIR`, a watched folder.
    Folder(String),
    /// `telegram:CHANNEL`, a public channel by its preview pages.
    Telegram(String),
    /// `telegram-bot:CHANNEL`, or `telegram-bot:all`: channels by the owner's bot.
    TelegramBot(Channels),
    /// `feed:URL`, RSS, Atom or JSON Feed.
    Feed(String),
    /// `page:URL`, a web page by its article.
    Page(String),
    /// `vk:WALL`, a wall of VKontakte.
    Vk(Wall),
    /// `mastodon:HOST/TIMELINE`, a timeline of a server of Mastodon's kind.
    Mastodon(String, Timeline),
    /// `bluesky:ACCOUNT,ACCOUNT`, or `bluesky:all` (no account named): posts of Bluesky.
    Bluesky(Vec<Account>),
}

/// Why a text names no source.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SpecError {
    /// There is no such kind of source.
    #[error("no such kind of source; there are {}", KINDS.join(", "))]
    Kind,
    /// Nothing stands after the kind.
    #[error("nothing stands after {0}:")]
    Empty(&'static str),
    /// What stands after the kind is no `http` or `https` address.
    #[error("{0}: wants an http or https address")]
    Address(&'static str),
    /// The address holds a user or a password, which would be in the clear in `watch.toml`.
    #[error("{0}: the address holds a user or a password")]
    Credentials(&'static str),
    /// What stands after the kind can't be a channel's name.
    #[error("{0}: a channel's name has letters, digits and underscores")]
    Channel(&'static str),
    /// What stands after the kind can't be what it wants.
    #[error("{0}: wants {1}")]
    Wants(&'static str, &'static str),
    /// A number of seconds is out of range.
    #[error("{0} is out of range: 0.05 to 86400 seconds")]
    Range(&'static str),
}

/// The kinds of source that there are.
pub const KINDS: [&str; 8] = ["folder", "telegram", "telegram-bot", "feed", "page", "vk", "mastodon", "bluesky"];

/// What a source's owner may set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Seconds between two polls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<f64>,
    /// Whether it may lead to private networks and to this machine.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub allow_private: bool,
    /// Whether a feed's articles are fetched from where its items link to.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub full: bool,
    /// Another address of the service: of a server of one's own, or a mirror.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

impl Options {
    /// Whether they can stand.
    ///
    /// # Errors
    /// [`SpecError::Range`] and [`SpecError::Address`].
    pub fn check(&self) -> Result<(), SpecError> {
        if self.every.is_some_and(|seconds| !(SHORTEST..=LONGEST).contains(&seconds)) {
            return Err(SpecError::Range("every"));
        }
        self.base.as_deref().map_or(Ok(()), |base| address("base", base).map(|_| ()))
    }

    /// The time between two polls; out of range, the nearest that is not.
    pub(crate) fn every(&self, usual: f64) -> Duration {
        let seconds = self.every.filter(|seconds| seconds.is_finite()).unwrap_or(usual);
        Duration::from_secs_f64(seconds.clamp(SHORTEST, LONGEST))
    }

    /// Where it may lead.
    pub(crate) fn reach(&self) -> Reach {
        if self.allow_private { Reach::Private } else { Reach::Public }
    }

    /// The service's address.
    pub(crate) fn base<'a>(&'a self, usual: &'a str) -> &'a str {
        self.base.as_deref().unwrap_or(usual)
    }
}

impl Spec {
    /// Reads a name.
    ///
    /// # Errors
    /// [`SpecError`] says what is wrong with it, never what it holds.
    pub fn parse(text: &str) -> Result<Spec, SpecError> {
        let (kind, what) = text.trim().split_once(':').ok_or(SpecError::Kind)?;
        let kind = KINDS.into_iter().find(|known| *known == kind).ok_or(SpecError::Kind)?;
        let what = what.trim();
        if what.is_empty() {
            return Err(SpecError::Empty(kind));
        }
        match kind {
            "folder" => Ok(Spec::Folder(what.to_owned())),
            "telegram" => channel(kind, what).map(Spec::Telegram),
            "telegram-bot" if what == "all" => Ok(Spec::TelegramBot(Channels::All)),
            "telegram-bot" => bot_channel(kind, what).map(|name| Spec::TelegramBot(Channels::One(name))),
            "feed" => address(kind, what).map(Spec::Feed),
            "page" => address(kind, what).map(Spec::Page),
            "vk" => Wall::parse(what).map(Spec::Vk).ok_or(SpecError::Wants(kind, "a short name, id12 or club34")),
            "mastodon" => Timeline::parse(what)
                .map(|(host, timeline)| Spec::Mastodon(host, timeline))
                .ok_or(SpecError::Wants(kind, "HOST, HOST/local, HOST/home, HOST/@USER or HOST/tags/TAG")),
            "bluesky" if what == "all" => Ok(Spec::Bluesky(Vec::new())),
            "bluesky" => what
                .split(',')
                .map(Account::parse)
                .collect::<Option<_>>()
                .map(Spec::Bluesky)
                .ok_or(SpecError::Wants(kind, "all, or handles or DIDs with commas between")),
            _ => Err(SpecError::Kind),
        }
    }

    /// The kind of source: what stands before the colon.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Spec::Folder(_) => "folder",
            Spec::Telegram(_) => "telegram",
            Spec::TelegramBot(_) => "telegram-bot",
            Spec::Feed(_) => "feed",
            Spec::Page(_) => "page",
            Spec::Vk(_) => "vk",
            Spec::Mastodon(..) => "mastodon",
            Spec::Bluesky(_) => "bluesky",
        }
    }

    /// Whether it takes credentials.
    #[must_use]
    pub fn wants_credentials(&self) -> bool {
        matches!(self, Spec::TelegramBot(_) | Spec::Vk(_) | Spec::Mastodon(..))
    }

    /// The source, ready to be polled. Without credentials that it wants, each poll is [`Fault::Refused`](crate::Fault::Refused).
    #[must_use]
    pub fn source(&self, options: &Options, credentials: Option<&Secret>) -> Box<dyn Source> {
        let reach = options.reach();
        match self {
            Spec::Folder(path) => Box::new(Folder::new(path, options.every(1.0))),
            Spec::Telegram(channel) => {
                Box::new(TelegramWeb::new(channel, options.base("https://t.me"), options.every(5.0), reach))
            }
            Spec::TelegramBot(channels) => {
                let base = options.base("https://api.telegram.org");
                Box::new(TelegramBot::new(channels.clone(), credentials.cloned(), base, reach))
            }
            Spec::Feed(url) => {
                let depth = if options.full { Depth::Full } else { Depth::Feed };
                Box::new(Feed::new(url, depth, options.every(60.0), reach))
            }
            Spec::Page(url) => Box::new(WebPage::new(url, options.every(60.0), reach)),
            Spec::Vk(wall) => {
                let vk = Vk::new(wall.clone(), credentials.cloned()).at(options.base("https://api.vk.com"), reach);
                // Unless the owner says, the walls of one token share its day.
                Box::new(if options.every.is_some() { vk.pace(options.every(20.0)) } else { vk })
            }
            Spec::Mastodon(host, timeline) => {
                let usual = format!("https://{host}");
                let source = Mastodon::new(options.base(&usual), timeline.clone(), credentials.cloned(), reach);
                Box::new(source.pace(options.every(10.0)).streaming())
            }
            Spec::Bluesky(accounts) => {
                let source = Bluesky::new(accounts.clone());
                // One server is both, where it is another.
                Box::new(match &options.base {
                    Some(base) => source.at(&format!("{}/subscribe", base.trim_end_matches('/')), base, reach),
                    None => source,
                })
            }
        }
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Spec::Folder(what) | Spec::Telegram(what) | Spec::Feed(what) | Spec::Page(what) => what,
            Spec::TelegramBot(Channels::All) => "all",
            Spec::TelegramBot(Channels::One(name)) => name,
            Spec::Vk(wall) => &wall.to_string(),
            Spec::Mastodon(host, timeline) => &format!("{host}/{timeline}"),
            Spec::Bluesky(accounts) if accounts.is_empty() => "all",
            Spec::Bluesky(accounts) => &accounts.iter().map(Account::to_string).collect::<Vec<_>>().join(","),
        };
        write!(f, "{}:{what}", self.kind())
    }
}

impl std::str::FromStr for Spec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Spec, SpecError> {
        Spec::parse(text)
    }
}

impl TryFrom<String> for Spec {
    type Error = SpecError;

    fn try_from(text: String) -> Result<Spec, SpecError> {
        Spec::parse(&text)
    }
}

impl From<Spec> for String {
    fn from(spec: Spec) -> String {
        spec.to_string()
    }
}

/// An `http` or `https` address without a user and a password.
pub(crate) fn address(kind: &'static str, what: &str) -> Result<String, SpecError> {
    let url = Url::parse(what).map_err(|_| SpecError::Address(kind))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(SpecError::Address(kind));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SpecError::Credentials(kind));
    }
    Ok(what.to_owned())
}

/// A channel's name: also with `@`, or as the address that Telegram shows.
fn channel(kind: &'static str, what: &str) -> Result<String, SpecError> {
    let name =
        ["https://t.me/s/", "https://t.me/", "t.me/s/", "t.me/", "@"].iter().find_map(|lead| what.strip_prefix(lead));
    let name = name.unwrap_or(what).trim_end_matches('/');
    let fits = (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits { Ok(name.to_owned()) } else { Err(SpecError::Channel(kind)) }
}

/// A channel of a bot's may be private, and has a number then.
fn bot_channel(kind: &'static str, what: &str) -> Result<String, SpecError> {
    match what.parse::<i64>() {
        Ok(number) => Ok(number.to_string()),
        Err(_) => channel(kind, what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written_alike() {
        for (text, written) in [
            ("folder:/srv/drop", "folder:/srv/drop"),
            ("folder: a dir with: colon ", "folder:a dir with: colon"),
            ("telegram:@velmora_press", "telegram:velmora_press"),
            ("telegram:https://t.me/s/velmora_press/", "telegram:velmora_press"),
            ("telegram-bot:all", "telegram-bot:all"),
            ("telegram-bot:-1001234", "telegram-bot:-1001234"),
            ("telegram-bot:@velmora", "telegram-bot:velmora"),
            ("feed:https://example.org/feed?x=1", "feed:https://example.org/feed?x=1"),
            ("page:http://example.org/", "page:http://example.org/"),
            ("vk:https://vk.com/club34", "vk:-34"),
            ("vk:the_gazette", "vk:the_gazette"),
            ("mastodon:social.example", "mastodon:social.example/public"),
            ("mastodon:https://social.example/@anna", "mastodon:social.example/@anna"),
            ("mastodon:social.example/tags/treaty", "mastodon:social.example/tags/treaty"),
            ("bluesky:all", "bluesky:all"),
            ("bluesky:@Anna.example, did:plc:abc", "bluesky:anna.example,did:plc:abc"),
        ] {
            let spec = Spec::parse(text).unwrap();
            assert_eq!(spec.to_string(), written);
            assert_eq!(Spec::parse(written).unwrap(), spec);
            assert_eq!(serde_json::from_value::<Spec>(serde_json::json!(text)).unwrap(), spec);
            assert_eq!(serde_json::to_value(&spec).unwrap(), written);
        }
    }

    #[test]
    fn what_names_no_source_says_why_and_not_what() {
        for (text, error) in [
            ("", SpecError::Kind),
            ("velmora", SpecError::Kind),
            ("Folder:x", SpecError::Kind),
            ("gopher:x", SpecError::Kind),
            ("feed:", SpecError::Empty("feed")),
            ("telegram:  ", SpecError::Empty("telegram")),
            ("telegram:a b", SpecError::Channel("telegram")),
            ("vk:a b", SpecError::Wants("vk", "a short name, id12 or club34")),
            (
                "mastodon:https://mara:hunter2@social.example",
                SpecError::Wants("mastodon", "HOST, HOST/local, HOST/home, HOST/@USER or HOST/tags/TAG"),
            ),
            ("bluesky:anna.example,,", SpecError::Wants("bluesky", "all, or handles or DIDs with commas between")),
            ("telegram:../etc", SpecError::Channel("telegram")),
            ("feed:example.org", SpecError::Address("feed")),
            ("feed:file:///etc/passwd", SpecError::Address("feed")),
            ("page:https://mara:hunter2@example.org/", SpecError::Credentials("page")),
        ] {
            assert_eq!(Spec::parse(text), Err(error.clone()), "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn options_stand_in_a_file_and_are_checked() {
        let options: Options = serde_json::from_str(r#"{"every": 5, "allow_private": true}"#).unwrap();
        assert_eq!((options.every(60.0), options.reach()), (Duration::from_secs(5), Reach::Private));
        assert_eq!(Options::default().every(60.0), Duration::from_secs(60));
        assert_eq!(serde_json::to_string(&Options::default()).unwrap(), "{}");
        assert!(serde_json::from_str::<Options>(r#"{"evry": 5}"#).is_err());
        for every in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            let options = Options { every: Some(every), ..Options::default() };
            assert_eq!(options.check(), Err(SpecError::Range("every")), "{every}");
            assert!(options.every(60.0) <= Duration::from_secs(86_400));
        }
        let base = Options { base: Some("ftp://example.org".into()), ..Options::default() };
        assert_eq!(base.check(), Err(SpecError::Address("base")));
        assert_eq!(options.check(), Ok(()));
    }
}
