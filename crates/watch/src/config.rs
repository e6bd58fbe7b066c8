//! `watch.toml`, `credentials` and `names.toml`: what the owner decided.

use std::collections::BTreeMap;
use std::time::Duration;

use countermark_sources::{Options, Secret, Spec};
use serde::{Deserialize, Serialize};

use crate::{Error, Feed, WatchFolder, limits};

/// The file of the sources and alarms.
const FILE: &str = "watch.toml";

/// The file of the secrets.
const CREDENTIALS: &str = "credentials";

/// The file of the writer's own public names.
const NAMES: &str = "names.toml";

/// What is watched, and who is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The version of the file: 1.
    pub version: u32,
    /// The languages of pictures, as Tesseract calls them.
    #[serde(default = "languages")]
    pub languages: Vec<String>,
    /// The most bytes of the inbox.
    #[serde(default = "inbox_bytes")]
    pub inbox_bytes: u64,
    /// The sources.
    #[serde(default, rename = "source", skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceConfig>,
    /// Who is told of an alarm, and how.
    #[serde(default, rename = "alarm", skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<AlarmConfig>,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// What the owner calls it.
    pub name: String,
    /// What it is: `telegram:channel`, `folder:PATH`, an address.
    pub spec: String,
    /// The time between two polls, where the source's own does not suit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Whether it may lead to private addresses.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_private: bool,
    /// Whether a feed's articles are fetched from where its items link to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub full: bool,
    /// Another address of the service: a server of one's own, or a mirror.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Whether its pictures are read.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub pictures: bool,
}

/// A way to tell of an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmConfig {
    /// What the owner calls it.
    pub name: String,
    /// The way itself.
    #[serde(flatten)]
    pub way: Way,
}

/// How somebody is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "way", deny_unknown_fields)]
pub enum Way {
    /// A program is started, without a shell.
    Command {
        /// The program and its arguments.
        argv: Vec<String>,
    },
    /// A mail is sent. Credentials: `user:password`.
    Smtp {
        /// `host:port`.
        server: String,
        /// How the connection is protected.
        #[serde(default)]
        tls: Tls,
        /// Who sends.
        from: String,
        /// To whom.
        to: Vec<String>,
    },
    /// A JSON object is posted, signed. Credentials: the secret of the signature.
    Webhook {
        /// Where to.
        url: String,
        /// Whether it may be a private address.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        allow_private: bool,
    },
}

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// TLS from the first byte (port 465).
    Implicit,
    /// Not at all: to this machine only.
    None,
    /// It begins in the clear and must become TLS (port 587).
    #[default]
    Starttls,
}

impl Default for Config {
    fn default() -> Self {
        Self { version: 1, languages: languages(), inbox_bytes: inbox_bytes(), sources: Vec::new(), alarms: Vec::new() }
    }
}

impl Config {
    /// Reads the file, or takes the defaults when there is none.
    ///
    /// # Errors
    /// [`Error::File`], and [`Error::Content`] that says where it is wrong.
    pub fn load(folder: &WatchFolder) -> Result<Self, Error> {
        let Some(text) = folder.read(FILE)? else { return Ok(Self::default()) };
        let config: Self = toml::from_str(&text).map_err(|e| content(FILE, &e))?;
        config.check()?;
        Ok(config)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::File`], and what [`load`](Self::load) would refuse.
    pub fn save(&self, folder: &WatchFolder) -> Result<(), Error> {
        self.check()?;
        folder.create()?;
        let text = toml::to_string(self).map_err(|e| wrong(FILE, &e.to_string()))?;
        folder.write(FILE, text.as_bytes())
    }

    /// A source by its name.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&SourceConfig> {
        self.sources.iter().find(|source| source.name == name)
    }

    /// Adds a source.
    ///
    /// # Errors
    /// [`Error::Taken`], [`Error::Name`], [`Error::Many`].
    pub fn add(&mut self, source: SourceConfig) -> Result<(), Error> {
        if self.source(&source.name).is_some() {
            return Err(Error::Taken(source.name));
        }
        self.sources.push(source);
        self.check()
    }

    fn check(&self) -> Result<(), Error> {
        if self.version != 1 {
            return Err(wrong(FILE, "its version is not 1"));
        }
        if self.sources.len() > limits::SOURCES {
            return Err(Error::Many { what: "sources", limit: limits::SOURCES });
        }
        let names = self.sources.iter().map(|source| &source.name);
        for (what, names) in
            [("source", names.collect::<Vec<_>>()), ("alarm", self.alarms.iter().map(|a| &a.name).collect())]
        {
            let mut known = std::collections::BTreeSet::new();
            for name in names {
                check_name(name)?;
                if !known.insert(name) {
                    return Err(wrong(FILE, &format!("two of [[{what}]] are called `{name}`")));
                }
            }
        }
        for source in &self.sources {
            source.every()?;
        }
        for alarm in &self.alarms {
            if matches!(&alarm.way, Way::Command { argv } if argv.is_empty()) {
                return Err(wrong(FILE, &format!("[[alarm]] `{}` has no command", alarm.name)));
            }
        }
        Ok(())
    }
}

impl SourceConfig {
    /// A source with nothing set.
    #[must_use]
    pub fn new(name: &str, spec: &str) -> Self {
        let (name, spec) = (name.to_owned(), spec.to_owned());
        Self { name, spec, every: None, allow_private: false, full: false, base: None, pictures: true }
    }

    /// The source, ready to be asked.
    ///
    /// # Errors
    /// [`Error::Content`] that says which source is wrong, and how.
    pub fn feed(&self, credentials: &Credentials) -> Result<Feed, Error> {
        let wrong = |what: String| wrong(FILE, &format!("source `{}`: {what}", self.name));
        let spec = Spec::parse(&self.spec).map_err(|e| wrong(e.to_string()))?;
        let every = self.every()?.map(|every| every.as_secs_f64());
        let options = Options { every, allow_private: self.allow_private, full: self.full, base: self.base.clone() };
        options.check().map_err(|e| wrong(e.to_string()))?;
        let secret = match credentials.of_source(&self.name) {
            Some(text) => Some(Secret::read(text).ok_or_else(|| wrong("its credentials are none".to_owned()))?),
            None => None,
        };
        let source = spec.source(&options, secret.as_ref());
        let every = source.every();
        let pictures = self.pictures.then(|| spec.source(&options, secret.as_ref()));
        Ok(Feed { name: self.name.clone(), source, every, pictures })
    }

    /// The time between two polls that the owner wants.
    ///
    /// # Errors
    /// [`Error::Content`] when it is no duration.
    pub fn every(&self) -> Result<Option<Duration>, Error> {
        let Some(text) = &self.every else { return Ok(None) };
        let every = humantime::parse_duration(text);
        let every = every.map_err(|_| wrong(FILE, &format!("every = `{text}` of `{}` is no duration", self.name)))?;
        Ok(Some(every.max(limits::SHORTEST_EVERY)))
    }
}

/// The secrets, by the name of their source; those of an alarm under `alarm.NAME`.
#[derive(Clone, Default)]
pub struct Credentials(BTreeMap<String, String>);

impl Credentials {
    /// Reads the file; none is an empty one.
    ///
    /// # Errors
    /// [`Error::Mode`] when others can read it; [`Error::File`], [`Error::Content`] without anything of what it holds.
    pub fn load(folder: &WatchFolder) -> Result<Self, Error> {
        folder.private(CREDENTIALS)?;
        let Some(text) = folder.read(CREDENTIALS)? else { return Ok(Self::default()) };
        let map = toml::from_str(&text).map_err(|_| wrong(CREDENTIALS, "it is not a line `name = \"secret\"` each"))?;
        Ok(Self(map))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn save(&self, folder: &WatchFolder) -> Result<(), Error> {
        folder.create()?;
        let text = toml::to_string(&self.0).map_err(|_| wrong(CREDENTIALS, "it can't be written"))?;
        folder.write(CREDENTIALS, text.as_bytes())
    }

    /// The secret of a source.
    #[must_use]
    pub fn of_source(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The secret of an alarm's way.
    #[must_use]
    pub fn of_alarm(&self, name: &str) -> Option<&str> {
        self.0.get(&format!("alarm.{name}")).map(String::as_str)
    }

    /// Keeps or removes a secret.
    pub fn set(&mut self, name: &str, secret: Option<String>) {
        match secret {
            Some(secret) => self.0.insert(name.to_owned(), secret),
            None => self.0.remove(name),
        };
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The writer's own public names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// The names.
    #[serde(default)]
    pub names: Vec<String>,
}

impl Names {
    /// Reads the file; none is an empty one.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Content`].
    pub fn load(folder: &WatchFolder) -> Result<Self, Error> {
        let Some(text) = folder.read(NAMES)? else { return Ok(Self::default()) };
        toml::from_str(&text).map_err(|e| content(NAMES, &e))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn save(&self, folder: &WatchFolder) -> Result<(), Error> {
        folder.create()?;
        let text = toml::to_string(self).map_err(|e| wrong(NAMES, &e.to_string()))?;
        folder.write(NAMES, text.as_bytes())
    }
}

/// A name for a source or an alarm.
///
/// # Errors
/// [`Error::Name`].
pub fn check_name(name: &str) -> Result<(), Error> {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if (1..=40).contains(&name.len()) && name.bytes().all(good) { Ok(()) } else { Err(Error::Name(name.to_owned())) }
}

fn content(name: &str, error: &toml::de::Error) -> Error {
    wrong(name, error.message())
}

fn wrong(name: &str, what: &str) -> Error {
    Error::Content { file: name.to_owned(), what: what.to_owned() }
}

fn languages() -> Vec<String> {
    vec!["eng".to_owned(), "rus".to_owned()]
}

fn inbox_bytes() -> u64 {
    countermark_inbox::Limits::default().spool
}

fn yes() -> bool {
    true
}
