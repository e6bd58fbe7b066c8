//! The configuration beside a vault, `X.toml`. Everything in it has a default; a file need not exist.

use std::path::{Path, PathBuf};

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
}

impl Default for Config {
    fn default() -> Self {
        Self { max_recipients: 50, epsilon: "1e-4".to_owned(), packs: Vec::new() }
    }
}

impl Config {
    /// Reads the file, or takes the defaults when there is none.
    pub fn load(path: &Path) -> Outcome<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(Failure::new(format!("the configuration {} can't be read: {e}", path.display()))),
        };
        let mut config: Self = toml::from_str(&text).map_err(|e| {
            Failure::new(format!("the configuration {} is not right: {}", path.display(), e.to_string().trim_end()))
                .hint("its keys are max_recipients, epsilon and packs")
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for pack in &mut config.packs {
            *pack = folder.join(&*pack);
        }
        Ok(config)
    }
}
