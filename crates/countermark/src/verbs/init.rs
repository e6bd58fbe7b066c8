//! `init`: make a vault, its log and its journal.

use countermark_office::{Founding, Office};
use countermark_proof::{TableSize, fingerprint};
use countermark_tlog::note::VerifierKey;
use countermark_vault::{Kdf, Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use serde_json::json;

use crate::cli::{Global, Init};
use crate::failure::{Exit, Failure, Outcome};
use crate::home::{self, Home};
use crate::{terminal, time};

/// Runs the verb.
pub fn run(global: &Global, args: &Init) -> Outcome {
    let home = Home::of(global)?;
    let office = create(&home, global, args.origin.as_deref())?;
    let key = office.log_verifier();
    if global.json {
        terminal::say_json(&json!({
            "vault": home.vault, "log": home.log(), "journal": home.looks(), "log_key": key, "origin": office.origin(),
        }))?;
        return Ok(Exit::Found);
    }
    terminal::say(&format!(
        "vault        {}\nlog          {}\njournal      {} (left out of backups: it counts the looks that were spent)\nlog key      {key}\nfingerprint  {}",
        home.vault.display(),
        home.log().display(),
        home.looks().display(),
        print(&key)
    ))?;
    terminal::note("publish the log key where your readers know you: it is what they check your proofs under");
    Ok(Exit::Found)
}

/// Makes vault, log and journal where nothing stands.
pub fn create(home: &Home, global: &Global, origin: Option<&str>) -> Outcome<Office> {
    for path in [&home.vault, &home.log(), &home.looks(), &home.keys()] {
        if path.exists() {
            return Err(Failure::new(format!("{} exists already", path.display()))
                .hint("nothing is overwritten: choose another place with --vault PATH"));
        }
    }
    let passphrase = home::new_passphrase(global.passphrase_file.as_deref(), global.json)?;
    if let Some(folder) = home.vault.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|e| Failure::new(format!("{} can't be made: {e}", folder.display())))?;
    }
    let store = Box::new(SqliteStore::create(&home.vault).map_err(countermark_vault::Error::Store)?);
    let vault = Vault::create(store, Unlock::Passphrase(&passphrase), Kdf::DEFAULT, home::random())?;
    let founding = Founding { origin, table: TableSize::FULL };
    let clock = Box::new(time::now_ms);
    Ok(Office::create(vault, home::folder(home)?, &home.looks(), founding, home::who(global), clock)?)
}

/// A log key's fingerprint: short enough to read aloud.
fn print(key: &str) -> String {
    let public = key.parse::<VerifierKey>().ok().and_then(|key| <[u8; 32]>::try_from(key.public()).ok());
    public.map(|public| fingerprint(&public)).unwrap_or_default()
}
