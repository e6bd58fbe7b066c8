//! Where a vault and what belongs to it lie, and how it is unlocked.

use std::path::{Path, PathBuf};

use countermark_office::Office;
use countermark_tlog::directory::Folder;
use countermark_vault::{Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::cli::Global;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::{terminal, time};

/// The files of one vault.
#[derive(Debug, Clone)]
pub struct Home {
    /// The vault, `X.db`.
    pub vault: PathBuf,
    /// The watcher's folder, where it lies elsewhere.
    pub watch: Option<PathBuf>,
}

impl Home {
    /// The vault that the options name, or the one in the user's data directory.
    pub fn of(global: &Global) -> Outcome<Self> {
        if let Some(vault) = &global.vault {
            return Ok(Self { vault: vault.clone(), watch: global.watch.clone() });
        }
        let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
        let data = data.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
        let data = data.ok_or_else(|| {
            Failure::new("no place for a vault: neither XDG_DATA_HOME nor HOME is set")
                .hint("say where it is with --vault PATH")
        })?;
        Ok(Self { vault: data.join("countermark").join("vault.db"), watch: global.watch.clone() })
    }

    /// The log's directory, `X.log`.
    pub fn log(&self) -> PathBuf {
        self.vault.with_extension("log")
    }

    /// The journal of looks, `X.looks`.
    pub fn looks(&self) -> PathBuf {
        self.vault.with_extension("looks")
    }

    /// The codebooks' keys, `X.keys`.
    pub fn keys(&self) -> PathBuf {
        countermark_vault_sqlite::keys_path(&self.vault)
    }

    /// The watcher's folder: the one that the options name, or `X.watch`.
    pub fn watch(&self) -> PathBuf {
        self.watch.clone().unwrap_or_else(|| self.vault.with_extension("watch"))
    }

    /// Whom the desk knows, `X.desk`.
    pub fn desk(&self) -> PathBuf {
        self.vault.with_extension("desk")
    }

    /// What is published, and what readers send back: `X.press`.
    pub fn press(&self) -> PathBuf {
        self.vault.with_extension("press")
    }

    /// The configuration, `X.toml`.
    pub fn config(&self) -> PathBuf {
        self.vault.with_extension("toml")
    }
}

/// The first line of a passphrase file.
pub fn passphrase_from(path: &Path) -> Outcome<Zeroizing<String>> {
    let text = Zeroizing::new(terminal::read_limited(path, 64 << 10)?);
    let text = std::str::from_utf8(&text)
        .map_err(|_| Failure::new(format!("{} is not text in UTF-8", terminal::name_of(path))))?;
    let line = Zeroizing::new(text.lines().next().unwrap_or_default().to_owned());
    if line.is_empty() {
        return Err(Failure::new(format!("the first line of {} is empty", terminal::name_of(path)))
            .hint("put the passphrase there"));
    }
    Ok(line)
}

/// A new passphrase: from the file, or asked for twice.
pub fn new_passphrase(file: Option<&Path>, json: bool) -> Outcome<Zeroizing<String>> {
    if let Some(file) = file {
        return passphrase_from(file);
    }
    if !terminal::can_ask(json) {
        return Err(Failure::new("no passphrase, and nobody to ask")
            .hint("give --passphrase-file FILE, or set COUNTERMARK_PASSPHRASE_FILE"));
    }
    let first = terminal::ask_secret("New passphrase:")?;
    if first.is_empty() {
        return Err(Failure::new("an empty passphrase protects nothing"));
    }
    if first != terminal::ask_secret("Once more:")? {
        return Err(Failure::new("the two passphrases differ").hint("nothing was changed; try again"));
    }
    Ok(first)
}

/// The passphrase that unlocks: from the file, or asked for.
pub fn passphrase(global: &Global) -> Outcome<Zeroizing<String>> {
    if let Some(file) = &global.passphrase_file {
        return passphrase_from(file);
    }
    if !terminal::can_ask(global.json) {
        return Err(Failure::new("the vault is locked, and nobody is there to ask for its passphrase")
            .hint("give --passphrase-file FILE, or set COUNTERMARK_PASSPHRASE_FILE"));
    }
    terminal::ask_secret("Passphrase:")
}

/// Opens the office of the vault that the options name.
pub fn open(global: &Global) -> Outcome<Office> {
    let home = Home::of(global)?;
    open_at(&home, global)
}

/// Opens the office of a vault, and completes what an interrupted sealing left.
pub fn open_at(home: &Home, global: &Global) -> Outcome<Office> {
    if !home.vault.exists() {
        return Err(Failure::new(format!("there is no vault at {}", home.vault.display()))
            .hint("make one with `countermark init`, or say where it is with --vault PATH"));
    }
    office_of(home, unlock(&home.vault, global)?, who(global))
}

/// The office of an open vault; completes what an interrupted sealing left.
pub fn office_of(home: &Home, vault: Vault, who: &str) -> Outcome<Office> {
    let away = log_away(home);
    let folder = Folder::perhaps(&home.log());
    let mut office = Office::open(vault, folder, &home.looks(), who, Box::new(time::now_ms))?;
    office.set_rate(Config::load(&home.config())?.rate()?);
    // A log that is damaged or away must not keep anybody from his messages: what needs it says so itself.
    let recovered = office.recover();
    if let Some(away) = away {
        terminal::note(&format!("warning: {away}: put it back"));
    } else if let Err(error) = recovered {
        terminal::note(&format!("warning: {}", Failure::from(error).to_string().trim_start_matches("error: ")));
    }
    Ok(office)
}

/// Opens the office together with the watcher's folder: what is sealed goes into its index, what it found can be taken in.
pub fn open_watched(global: &Global) -> Outcome<Office> {
    let mut office = open(global)?;
    join(&mut office, &Home::of(global)?);
    Ok(office)
}

/// The same for what can't be done without its log.
pub fn open_watched_with_log(global: &Global) -> Outcome<Office> {
    let mut office = open_with_log(global)?;
    join(&mut office, &Home::of(global)?);
    Ok(office)
}

/// Joins the watcher's folder. That it can't be used keeps nobody from his messages.
pub fn join(office: &mut Office, home: &Home) {
    if let Err(error) = office.join_watcher(&home.watch()) {
        let why = crate::failure::chain(&error);
        terminal::note(&format!("warning: the watcher's folder {} can't be used: {why}", home.watch().display()));
    }
}

/// Opens the office for what can't be done without its log.
pub fn open_with_log(global: &Global) -> Outcome<Office> {
    let home = Home::of(global)?;
    match log_away(&home).filter(|_| home.vault.exists()) {
        Some(away) => Err(Failure::new(away).hint("put it back, or restore a backup elsewhere; nothing was changed")),
        None => open_at(&home, global),
    }
}

/// That the log's folder is not where it belongs. An empty one in its place would hide that, and take in the old one when it comes back.
fn log_away(home: &Home) -> Option<String> {
    let log = home.log();
    (!log.is_dir()).then(|| format!("the log's folder {} is missing", log.display()))
}

/// Opens a vault's file with the passphrase or the identity.
pub fn unlock(path: &Path, global: &Global) -> Outcome<Vault> {
    let store = Box::new(SqliteStore::open(path).map_err(countermark_vault::Error::Store)?);
    let vault = match &global.identity {
        Some(file) => {
            let identity = Zeroizing::new(terminal::read_limited(file, 64 << 10)?);
            let identity = std::str::from_utf8(&identity)
                .map_err(|_| Failure::new(format!("{} is not an identity file", terminal::name_of(file))))?;
            Vault::open(store, Unlock::Identity(identity), random())?
        }
        None => Vault::open(store, Unlock::Passphrase(&passphrase(global)?), random())?,
    };
    if vault.moved_codebooks() > 0 {
        terminal::note(&format!(
            "note: the codebooks' keys ({}) were moved into {}: keep it beside the vault; backups leave it out (`vault backup FILE --keys KEYS`), those made before still hold the old key",
            vault.moved_codebooks(),
            countermark_vault_sqlite::keys_path(path).display()
        ));
    }
    Ok(vault)
}

/// The new log's folder.
pub fn new_folder(home: &Home) -> Outcome<Folder> {
    let log = home.log();
    Folder::create(&log).map_err(|e| Failure::new(format!("the log's folder {} can't be made: {e}", log.display())))
}

/// How the audit trail names whoever runs this: by the way in that he used.
pub fn who(global: &Global) -> &'static str {
    if global.identity.is_some() { "identity" } else { "passphrase" }
}

/// The system's randomness.
pub fn random() -> Box<dyn CryptoRng + Send> {
    Box::new(UnwrapErr(SysRng))
}

/// Random bytes of the system's.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    random().fill_bytes(&mut bytes);
    bytes
}
