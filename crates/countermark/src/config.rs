//! The configuration beside a vault, `X.toml`. Everything in it has a default; a file need not exist.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use countermark_model::Model;
use countermark_office::Rate;
use serde::Deserialize;

use crate::failure::{Failure, Outcome};

/// What the office decided once.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many recipients `--to` takes at most (50): a message to more is a circular, and no trap for one reader.
    pub max_recipients: usize,
    /// The chance of naming an unused copy, where `--epsilon` does not say.
    pub epsilon: String,
    /// Language packs loaded beside the built-in one; paths are relative to the configuration's folder.
    pub packs: Vec<PathBuf>,
    /// How many days after its sealing a codebook is destroyed (365): from then on nobody can tell whose copy a text is.
    pub codebook_days: u32,
    /// A language model that a writer may ask; none by default.
    pub model: Option<Endpoint>,
    /// The rate at which the log grows.
    pub log: Rhythm,
    /// Why a copy is looked for in what a source brings, by the source's name; `*` for every other.
    pub reasons: BTreeMap<String, String>,
    /// The desk of `serve`.
    pub desk: DeskSite,
    /// The pressroom of `serve`.
    pub pressroom: PressroomSite,
    /// A program and its arguments, run when what the watcher found has become a case; `{summary}` stands for the line that tells it.
    pub on_case: Vec<String>,
}

/// How often how many leaves are published, whatever is sealed.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rhythm {
    /// The time between two batches, `1h`; at least a minute. Batches stand at its multiples.
    pub every: String,
    /// Leaves of a batch, 1 to 4096.
    pub leaves: usize,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { every: "1h".to_owned(), leaves: Rate::default().leaves() }
    }
}

/// Where the desk is served.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeskSite {
    /// Its address and port, `127.0.0.1:8470`.
    pub address: Option<SocketAddr>,
    /// Its certificate's chain (PEM); with it, it speaks TLS.
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's key (PEM).
    pub tls_key: Option<PathBuf>,
    /// The names that browsers reach it by, beside the loopback's and its address.
    pub names: Vec<String>,
    /// The proxies before it, by address: they say for whom they ask.
    pub behind_proxy: Vec<IpAddr>,
    /// Whether each request is told on standard error.
    pub log: bool,
}

/// Where the pressroom is served, and what it is made of.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PressroomSite {
    /// Its address and port, `127.0.0.2:8471`.
    pub address: Option<SocketAddr>,
    /// Its certificate's chain (PEM); with it, it speaks TLS.
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's key (PEM).
    pub tls_key: Option<PathBuf>,
    /// The names that it answers to; any, where none is given.
    pub names: Vec<String>,
    /// The proxies before it, by address: they say for whom they ask.
    pub behind_proxy: Vec<IpAddr>,
    /// Whether each request is told on standard error.
    pub log: bool,
    /// The folder of what was published and of what readers send, where it is not `X.press`.
    pub press: Option<PathBuf>,
}

/// A language model that the office itself runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Its chat completions, `http://127.0.0.1:8080/v1/chat/completions`; on this machine only.
    pub endpoint: String,
    /// The name that its server knows it by.
    pub name: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_recipients: 50,
            epsilon: "1e-4".to_owned(),
            packs: Vec::new(),
            codebook_days: 365,
            model: None,
            log: Rhythm::default(),
            reasons: BTreeMap::new(),
            desk: DeskSite::default(),
            pressroom: PressroomSite::default(),
            on_case: Vec::new(),
        }
    }
}

impl Config {
    /// The model that may be asked, if one is named. Nobody is asked yet.
    pub fn model(&self) -> Outcome<Option<Model>> {
        let Some(model) = &self.model else { return Ok(None) };
        Model::new(&model.endpoint, &model.name).map(Some).map_err(|e| {
            Failure::new(format!("[model] in the configuration is not right: {e}"))
                .hint("as in: endpoint = \"http://127.0.0.1:8080/v1/chat/completions\" and name = \"the model's name\"")
        })
    }

    /// Why a copy is looked for in what a source brings.
    pub fn reason(&self, source: &str) -> Option<String> {
        self.reasons.get(source).or_else(|| self.reasons.get("*")).filter(|reason| !reason.trim().is_empty()).cloned()
    }

    /// The rate at which the log grows.
    pub fn rate(&self) -> Outcome<Rate> {
        let hint = "as in: [log] every = \"1h\" and leaves = 8";
        let every = humantime::parse_duration(&self.log.every).map_err(|e| {
            Failure::new(format!("[log] every = `{}` in the configuration: {e}", self.log.every)).hint(hint)
        })?;
        Rate::new(every, self.log.leaves)
            .map_err(|e| Failure::new(format!("[log] in the configuration is not right: {e}")).hint(hint))
    }

    /// Reads the file, or takes the defaults when there is none.
    pub fn load(path: &Path) -> Outcome<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(Failure::new(format!("the configuration {} can't be read: {e}", path.display()))),
        };
        let mut config: Self = toml::from_str(&text).map_err(|e| {
            Failure::new(format!("the configuration {} is not right: {}", path.display(), e.to_string().trim_end()))
                .hint("its keys are max_recipients, epsilon, packs, codebook_days and on_case, endpoint and name under [model], every and leaves under [log], sources' names under [reasons], address, tls_certificate, tls_key, names, behind_proxy and log under [desk] and [pressroom], press under [pressroom]")
        })?;
        if !(1..=36_500).contains(&config.codebook_days) {
            return Err(Failure::new(format!(
                "the configuration {} is not right: codebook_days is {}",
                path.display(),
                config.codebook_days
            ))
            .hint("write a number of days from 1 to 36500"));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let files = [&mut config.desk.tls_certificate, &mut config.desk.tls_key];
        let public = [&mut config.pressroom.tls_certificate, &mut config.pressroom.tls_key];
        let named = files.into_iter().chain(public).chain([&mut config.pressroom.press]).flatten();
        for path in config.packs.iter_mut().chain(named) {
            *path = folder.join(&*path);
        }
        Ok(config)
    }
}
