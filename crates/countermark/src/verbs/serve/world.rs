//! What the desk asks of the machine: the vault's file, the clocks, the network, the watcher's folder.

use countermark_desk::Outside;
use countermark_office::Office;
use countermark_vault::{Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;

use crate::captured::Input;
use crate::failure::{Failure, Outcome};
use crate::home::{self, Home};
use crate::verbs::clocks;

/// The machine around one vault.
pub(super) struct World {
    home: Home,
}

impl World {
    pub(super) fn new(home: Home) -> Self {
        Self { home }
    }

    fn unlock(&self, identity: &str, who: &str) -> Outcome<Office> {
        if !self.home.vault.exists() {
            return Err(Failure::new("there is no vault yet"));
        }
        let store = Box::new(SqliteStore::open(&self.home.vault).map_err(countermark_vault::Error::Store)?);
        let vault = Vault::open(store, Unlock::Identity(identity), home::random())?;
        let mut office = home::office_of(&self.home, vault, who)?;
        home::join(&mut office, &self.home);
        Ok(office)
    }
}

impl Outside for World {
    fn open(&self, identity: &str, who: &str) -> Result<Office, String> {
        self.unlock(identity, who).map_err(|failure| sentence(&failure))
    }

    fn ask_clocks(&self, office: &mut Office) -> Vec<String> {
        clocks::ask(office).failed
    }

    fn fetch(&self, url: &str) -> Result<(Vec<u8>, String), String> {
        let taken = || {
            if !(url.starts_with("http://") || url.starts_with("https://")) {
                return Err(Failure::new("an address begins with http:// or https://"));
            }
            let input = Input::take(url.as_ref(), false)?;
            let pieces = input.pieces()?;
            let text = pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join("\n\n");
            Ok((input.capture, text))
        };
        taken().map_err(|failure| sentence(&failure))
    }
}

/// An error as a page says it.
fn sentence(failure: &Failure) -> String {
    failure.to_string().trim_start_matches("error: ").replace("\n  hint: ", "; ")
}
