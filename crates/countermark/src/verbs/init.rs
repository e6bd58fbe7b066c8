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
use crate::verbs::clocks;
use crate::verbs::log::certificates;
use crate::{terminal, time};

/// Runs the verb.
pub fn run(global: &Global, args: &Init) -> Outcome {
    let home = Home::of(global)?;
    let clocks = Clocks::of(global, args)?;
    let mut office = create(&home, global, args.origin.as_deref())?;
    let key = office.log_verifier();
    if global.json {
        terminal::say_json(&json!({
            "vault": home.vault, "log": home.log(), "journal": home.looks(), "log_key": key, "origin": office.origin(),
        }))?;
        clocks.keep(&mut office)?;
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
    clocks.keep(&mut office)?;
    Ok(Exit::Found)
}

/// Whom the office will ask for the time.
#[derive(Default)]
struct Clocks {
    /// An address, and certificates in PEM.
    timestamper: Option<(String, String)>,
    /// Keys and addresses.
    witnesses: Vec<(String, String)>,
}

impl Clocks {
    /// From the call, or asked for where somebody is there to answer; files are read before anything is made.
    fn of(global: &Global, args: &Init) -> Outcome<Self> {
        let mut found = Self::default();
        if let (Some(url), Some(trust)) = (&args.timestamper, &args.timestamper_trust) {
            clocks::check_timestamper(url)?;
            found.timestamper = Some((url.clone(), certificates(std::slice::from_ref(trust))?));
        }
        for given in &args.witness {
            // Base64 of a key may end in `=`, an address begins with its scheme.
            let (key, url) = given.split_once("=http").ok_or_else(|| {
                Failure::new("a witness is given as KEY=URL")
                    .hint("as in --witness name+1a2b3c4d+base64=https://witness.example/")
            })?;
            let url = format!("http{url}");
            clocks::check_witness(&url)?;
            found.witnesses.push((clocks::witness_key(key)?, url));
        }
        let given = args.no_clock || found.timestamper.is_some() || !found.witnesses.is_empty();
        if !given && terminal::can_ask(global.json) {
            found.ask()?;
        }
        Ok(found)
    }

    fn ask(&mut self) -> Outcome<()> {
        terminal::note(
            "Who vouches for the time? A time-stamper signs that the log's state existed at a moment; a witness also that the log is one and was never set back.\n\
             They see hashes, sizes and times, no message. Without either, when you sealed is your own word.",
        );
        if let Some(url) = terminal::ask("A time-stamper's address (empty: none):")? {
            clocks::check_timestamper(&url)?;
            let file = terminal::ask("The file with its certificates (PEM):")?.unwrap_or_default();
            self.timestamper = Some((url, certificates(&[file.into()])?));
        }
        if let Some(key) = terminal::ask("A witness's public key, or the file that holds it (empty: none):")? {
            let url = terminal::ask("Where it is asked (https://...):")?.unwrap_or_default();
            clocks::check_witness(&url)?;
            self.witnesses.push((clocks::witness_key(&key)?, url));
        }
        Ok(())
    }

    fn keep(&self, office: &mut Office) -> Outcome<()> {
        let made = |error: countermark_office::Error, verb: &str| {
            Failure::new(format!("the vault is made, but {error}")).hint(format!("add it with `{verb}`"))
        };
        if let Some((url, anchors)) = &self.timestamper {
            office
                .add_timestamper(url, anchors)
                .map_err(|e| made(e, "log timestamper add URL --trust CERTIFICATES"))?;
        }
        for (key, url) in &self.witnesses {
            office.add_witness(key, url).map_err(|e| made(e, "log witness add KEY URL"))?;
        }
        if self.timestamper.is_none() && self.witnesses.is_empty() {
            terminal::note(
                "no independent clock: when you sealed is your own word until `log timestamper add` or `log witness add`",
            );
        } else {
            clocks::ask(office);
        }
        Ok(())
    }
}

/// Makes vault, log and journal where nothing stands.
pub fn create(home: &Home, global: &Global, origin: Option<&str>) -> Outcome<Office> {
    // Before somebody is asked for a passphrase.
    free(home)?;
    make(home, &home::new_passphrase(global.passphrase_file.as_deref(), global.json)?, origin, home::who(global))
}

/// The same under a passphrase that is known. `who` is how the audit trail names whoever does it.
pub fn make(home: &Home, passphrase: &str, origin: Option<&str>, who: &str) -> Outcome<Office> {
    free(home)?;
    if let Some(folder) = home.vault.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|e| Failure::new(format!("{} can't be made: {e}", folder.display())))?;
    }
    let store = Box::new(SqliteStore::create(&home.vault).map_err(countermark_vault::Error::Store)?);
    let vault = Vault::create(store, Unlock::Passphrase(passphrase), Kdf::DEFAULT, home::random())?;
    let founding = Founding { origin, table: TableSize::FULL };
    let clock = Box::new(time::now_ms);
    Ok(Office::create(vault, home::new_folder(home)?, &home.looks(), founding, who, clock)?)
}

/// Refuses a place where something of a vault stands.
fn free(home: &Home) -> Outcome<()> {
    for path in [&home.vault, &home.log(), &home.looks(), &home.keys()] {
        if path.exists() {
            return Err(Failure::new(format!("{} exists already", path.display()))
                .hint("nothing is overwritten: choose another place with --vault PATH"));
        }
    }
    Ok(())
}

/// A log key's fingerprint: short enough to read aloud.
fn print(key: &str) -> String {
    let public = key.parse::<VerifierKey>().ok().and_then(|key| <[u8; 32]>::try_from(key.public()).ok());
    public.map(|public| fingerprint(&public)).unwrap_or_default()
}
