//! What the desk asks of the machine: the vault's file, the clocks, the network, the watcher's folder.

mod file;
mod sources;

use std::path::PathBuf;

use countermark_desk::{Desk, Habits, NewOffice, Outside, SourceState};
use countermark_office::Office;
use countermark_vault::{Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use countermark_watch::WatchFolder;

use super::background::Shared;
use crate::captured::Input;
use crate::config::Config;
use crate::failure::{Failure, Outcome, chain};
use crate::home::{self, Home};
use crate::terminal;
use crate::verbs::marked::pack;
use crate::verbs::{clocks, init, press};

/// The machine around one vault.
pub(super) struct World {
    home: Home,
    press: PathBuf,
    pressroom: Option<String>,
    habits: Habits,
    code: String,
}

impl World {
    pub(super) fn new(home: Home, press: PathBuf, pressroom: Option<String>) -> Self {
        let habits = habits(&home).unwrap_or_else(|failure| {
            terminal::note(&format!("warning: the configuration is left out: {}", sentence(failure)));
            Habits::default()
        });
        Self { home, press, pressroom, habits, code: code() }
    }

    fn unlock(&self, unlock: Unlock<'_>, who: &str) -> Outcome<Office> {
        if !self.home.vault.exists() {
            return Err(Failure::new("there is no vault any more where it was"));
        }
        let store = Box::new(SqliteStore::open(&self.home.vault).map_err(countermark_vault::Error::Store)?);
        let vault = Vault::open(store, unlock, home::random())?;
        self.join(home::office_of(&self.home, vault, who)?)
    }

    fn join(&self, mut office: Office) -> Outcome<Office> {
        home::join(&mut office, &self.home);
        // That nothing can be published keeps nobody from his messages.
        match office.join_press(&self.press) {
            Ok(report) => press::told(&report, &self.press),
            Err(error) => {
                terminal::note(&format!("warning: {} can't be used: {}", self.press.display(), chain(&error)));
            }
        }
        Ok(office)
    }

    fn found(&self, new: &NewOffice<'_>) -> Outcome<Office> {
        let NewOffice { origin, passphrase, who } = *new;
        if self.home.vault.exists() {
            return self.unlock(Unlock::Passphrase(passphrase), who);
        }
        self.join(init::make(&self.home, passphrase, origin, who)?)
    }

    fn fetch(url: &str) -> Outcome<(Vec<u8>, String)> {
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(Failure::new("an address begins with http:// or https://"));
        }
        let input = Input::take(url.as_ref(), false)?;
        let pieces = input.pieces()?;
        let text = pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join("\n\n");
        Ok((input.capture, text))
    }

    fn folder(&self) -> WatchFolder {
        WatchFolder::at(&self.home.watch())
    }
}

impl Outside for World {
    fn open(&self, identity: &str, who: &str) -> Result<Office, String> {
        self.unlock(Unlock::Identity(identity), who).map_err(sentence)
    }

    fn habits(&self) -> &Habits {
        &self.habits
    }

    fn pressroom(&self) -> Option<&str> {
        self.pressroom.as_deref()
    }

    fn ask_clocks(&self, desk: &Desk) -> Vec<String> {
        clocks::ask(&mut Shared(desk)).failed
    }

    fn fetch(&self, url: &str) -> Result<(Vec<u8>, String), String> {
        Self::fetch(url).map_err(sentence)
    }

    fn desk_file(&self) -> Result<Option<Vec<u8>>, String> {
        file::read(&self.home.desk()).map_err(|e| format!("whom the desk knows can't be read: {e}"))
    }

    fn keep_desk_file(&self, content: &[u8]) -> Result<(), String> {
        file::replace(&self.home.desk(), content).map_err(|e| format!("whom the desk knows can't be written: {e}"))
    }

    fn set_up_code(&self) -> Option<String> {
        let known = self.home.desk().try_exists().unwrap_or(true);
        (!known).then(|| self.code.clone())
    }

    fn has_vault(&self) -> bool {
        self.home.vault.try_exists().unwrap_or(true)
    }

    fn found(&self, new: &NewOffice<'_>) -> Result<Office, String> {
        World::found(self, new).map_err(sentence)
    }

    fn sources(&self) -> Result<Vec<SourceState>, String> {
        sources::all(&self.folder()).map_err(sentence)
    }

    fn add_source(&self, spec: &str, every: Option<&str>, secret: Option<&str>) -> Result<String, String> {
        sources::add(&self.folder(), spec, every, secret).map_err(sentence)
    }

    fn remove_source(&self, name: &str) -> Result<(), String> {
        sources::remove(&self.folder(), name).map_err(sentence)
    }

    fn ask_source(&self, name: &str) -> Result<String, String> {
        sources::ask(&self.folder(), name).map_err(sentence)
    }

    fn watched_names(&self) -> Result<Vec<String>, String> {
        sources::names(&self.folder()).map_err(sentence)
    }

    fn set_watched_names(&self, names: &[String]) -> Result<(), String> {
        sources::set_names(&self.folder(), names).map_err(sentence)
    }

    fn standing_reason(&self, source: &str) -> Option<String> {
        Config::load(&self.home.config()).ok()?.reason(source)
    }

    fn check_clock(&self, url: &str) -> Result<(), String> {
        // A witness may be on this machine and speak plain HTTP; else the two are the same.
        clocks::check_timestamper(url).or_else(|_| clocks::check_witness(url)).map_err(sentence)
    }

    fn configuration(&self) -> Vec<(String, String)> {
        match Config::load(&self.home.config()) {
            Ok(config) => shown(&config),
            Err(failure) => vec![("the configuration".to_owned(), sentence(failure))],
        }
    }
}

/// What the configuration decides for every message.
fn habits(home: &Home) -> Outcome<Habits> {
    let Config { packs, max_recipients, epsilon, codebook_days, .. } = Config::load(&home.config())?;
    let packs = packs.iter().map(|path| pack(path)).collect::<Outcome<_>>()?;
    Ok(Habits { packs, max_recipients, epsilon, codebook_days })
}

/// What an office may want to know of its configuration, beside the habits, which the page shows by itself.
fn shown(config: &Config) -> Vec<(String, String)> {
    let line = |name: &str, value: String| (name.to_owned(), value);
    let model =
        config.model.as_ref().map_or("none".to_owned(), |model| format!("{} at {}", model.name, model.endpoint));
    vec![
        line("The log grows", format!("by {} leaves, every {}", config.log.leaves, config.log.every)),
        line("Language model", model),
        line("Standing reasons", reasons(config)),
    ]
}

fn reasons(config: &Config) -> String {
    let named = config.reasons.keys().map(|name| if name == "*" { "every source".to_owned() } else { name.clone() });
    let all: Vec<_> = named.collect();
    if all.is_empty() { "none: nobody is looked for unasked".to_owned() } else { all.join(", ") }
}

/// A code that only who started the desk can know: 60 bits, without letters that look alike (Crockford's).
fn code() -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letters = home::random_bytes::<12>().map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// An error as a page says it.
fn sentence(failure: Failure) -> String {
    failure.to_string().trim_start_matches("error: ").replace("\n  hint: ", "; ")
}
