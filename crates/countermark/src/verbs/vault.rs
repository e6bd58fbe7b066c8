//! `vault`: passphrase, backup, restore, expire, check.

use std::path::Path;

use countermark_tlog::directory;
use countermark_vault::{ExtraFile, Kdf};
use serde_json::json;

use crate::cli::{Global, VaultVerb};
use crate::failure::{Exit, Failure, Outcome};
use crate::home::{self, Home};
use crate::terminal;

/// Runs the verb.
pub fn run(global: &Global, verb: &VaultVerb) -> Outcome {
    let home = Home::of(global)?;
    match verb {
        VaultVerb::Passphrase { new_passphrase_file } => {
            let mut office = home::open(global)?;
            // Whoever sets the passphrase makes approvers: one of them must not come to it by his own file.
            if global.identity.is_some() && office.identities()?.iter().any(|person| person.approver) {
                let error = Failure::new(
                    "the vault has approvers: its passphrase is changed with the passphrase, not with an identity",
                );
                return Err(error.hint("open the vault without --identity (COUNTERMARK_IDENTITY)"));
            }
            let new = home::new_passphrase(new_passphrase_file.as_deref(), global.json)?;
            office.vault().change_passphrase(&new, Kdf::DEFAULT)?;
            office.note("vault passphrase", "")?;
            done(global, json!({"vault": home.vault}))
        }
        VaultVerb::Backup { file, keys } => backup(global, &home, file, keys.as_deref()),
        VaultVerb::Restore { file, looks, shown, keys } => {
            restore(global, &home, file, looks.map(|looks| (looks, shown.as_slice())), keys.as_deref())
        }
        VaultVerb::Expire(args) => super::expire::run(global, args),
        VaultVerb::Check => check(global),
    }
}

fn backup(global: &Global, home: &Home, file: &Path, keys: Option<&Path>) -> Outcome {
    terminal::free(file)?;
    if let Some(keys) = keys {
        apart(home, file, keys)?;
    }
    let mut office = home::open_with_log(global)?;
    let count = office.backup::<Failure>(file, || {
        let mut files = Vec::new();
        collect(&home.log(), "", &mut files)?;
        Ok(files)
    })?;
    if let Some(keys) = keys {
        match office.vault().key_file_copy()? {
            Some(bytes) => terminal::write_new(keys, &bytes, 0o600)?,
            None => return Err(Failure::new("there is no key file to copy: nothing is sealed yet, or it is missing")),
        }
        office.note("vault backup --keys", "")?;
        terminal::note(&format!(
            "{} opens every codebook of today, whatever expires here later: keep it apart from the backup, and destroy it in time",
            keys.display()
        ));
    }
    terminal::note(
        "neither the journal of looks nor the codebooks' keys are in the backup: keep both beside the vault, or nothing can be named after a restore",
    );
    done(global, json!({"file": file, "log_files": count, "keys": keys}))?;
    // What was due has been published with it.
    super::clocks::ask(&mut office);
    Ok(Exit::Found)
}

/// The keys lie neither in the backup's place nor beside the vault: whatever lies there is copied and lost with it.
fn apart(home: &Home, file: &Path, keys: &Path) -> Outcome<()> {
    terminal::free(keys)?;
    let folder = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
    };
    if keys.file_name() == file.file_name() && folder(keys) == folder(file) {
        return Err(Failure::new("backup and keys can't be one file").hint("give --keys another name, elsewhere"));
    }
    if folder(keys) == folder(&home.vault) {
        return Err(Failure::new(format!("{} would lie beside the vault", keys.display()))
            .hint("the keys must lie elsewhere: on a medium of their own, apart from vault and backup"));
    }
    Ok(())
}

/// The log's files, but for its lock and what an interrupted append left.
fn collect(root: &Path, below: &str, files: &mut Vec<ExtraFile>) -> Outcome<()> {
    let fail = |e: std::io::Error| Failure::new(format!("the log in {} can't be read: {e}", root.display()));
    for entry in std::fs::read_dir(root.join(below)).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if entry.file_type().map_err(fail)?.is_dir() {
            collect(root, &path, files)?;
        } else if name != directory::LOCK && !name.ends_with(directory::UNFINISHED) {
            let bytes = std::fs::read(entry.path()).map_err(fail)?;
            files.push(ExtraFile { path, bytes });
        }
    }
    Ok(())
}

fn restore(global: &Global, home: &Home, file: &Path, looks: Option<(u64, &[String])>, keys: Option<&Path>) -> Outcome {
    if home.vault.exists() {
        return Err(Failure::new(format!("{} exists already", home.vault.display()))
            .hint("nothing is overwritten: choose another place with --vault PATH"));
    }
    if keys.is_some() && home.keys().exists() {
        return Err(Failure::new(format!("{} exists already", home.keys().display()))
            .hint("it may be newer: restore without --keys, or move it away"));
    }
    if !file.exists() {
        return Err(Failure::new(format!("there is no backup at {}", file.display())).hint("check the path"));
    }
    let keys = keys.map(|path| key_file(path).map(|bytes| (path, bytes))).transpose()?;
    // The log comes first and the vault is put in place last, so that a restore that was cut off is begun anew.
    let part = home.vault.with_extension("restoring");
    let fail = |e: std::io::Error| Failure::new(format!("{} can't be put in place: {e}", home.vault.display()));
    if part.exists() {
        std::fs::remove_file(&part).map_err(fail)?;
    }
    let restored = countermark_vault_sqlite::restore(file, &part).map_err(countermark_vault::Error::Store)?;
    if let Some((_, bytes)) = &keys {
        // Beside the vault that is not in place yet, so that what is checked is what will be opened.
        terminal::write_new(&home.keys(), bytes, 0o600)?;
    }
    // Neither a wrong passphrase nor a damaged backup leaves a vault behind.
    let whole = home::unlock(&part, global).and_then(|vault| {
        let report = vault.check(None)?;
        match report.problems.first() {
            None => Ok(report.keyless),
            // Whatever stands beside it keeps nobody from his texts.
            Some(countermark_vault::Error::Keys(_)) if keys.is_none() && report.problems.len() == 1 => {
                Ok(report.keyless)
            }
            Some(countermark_vault::Error::Keys(error)) if report.problems.len() == 1 => {
                let path = keys.as_ref().map(|(path, _)| path.display().to_string()).unwrap_or_default();
                Err(Failure::new(format!("{path} does not fit this backup: {error}"))
                    .hint("nothing was restored: give the file that `vault backup --keys` wrote for this vault"))
            }
            Some(problem) => Err(Failure::new(format!("the backup {} is damaged: {problem}", file.display()))
                .hint("nothing was restored: take another backup")),
        }
    });
    if whole.is_err() {
        // Of no use to anybody; a next try makes it anew.
        let _ = std::fs::remove_file(&part);
        if keys.is_some() {
            let _ = std::fs::remove_file(home.keys());
        }
    }
    let keyless = whole?;
    // A log that is there already may be newer than the backup's: it stays, and the vault takes up what it lacks.
    if !home.log().join(directory::CHECKPOINT).exists() {
        extract(&home.log(), &restored.files)?;
    }
    std::fs::rename(&part, &home.vault).and_then(|()| terminal::sync_folder(&home.vault)).map_err(fail)?;
    let mut office = home::open(global)?;
    if let Some((looks, shown)) = looks {
        office.restore_looks(&home.looks(), looks, shown).map_err(|error| {
            Failure::from(error)
                .hint("the vault is restored without --looks: move it away and restore again with --looks")
        })?;
        terminal::note(
            "note: --looks states that since this backup no row was shown but of messages given with --shown; if one was, move the vault away and restore again",
        );
    }
    if !office.has_journal() {
        terminal::note(
            "note: the journal of looks is missing: texts are compared, but no copy is named; put the journal back, or restore with --looks N",
        );
    }
    if keyless > 0 {
        terminal::note(
            "note: codebooks stand in this vault whose key is not beside it: their texts are compared and proved, but no copy is named; put X.keys back, or restore with --keys FILE",
        );
    }
    office.note("vault restore", "")?;
    done(
        global,
        json!({"vault": home.vault, "log_files": restored.files.len(), "names": office.has_journal() && (keyless == 0 || home.keys().exists())}),
    )
}

/// A key file, as far as its first bytes say.
fn key_file(path: &Path) -> Outcome<Vec<u8>> {
    use countermark_vault::keyfile::{HEADER, MAGIC};
    let bytes = terminal::read_bytes(path)?;
    if bytes.len() < HEADER || !bytes.starts_with(MAGIC) {
        return Err(Failure::new(format!("{} is no key file", terminal::name_of(path)))
            .hint("give the file that `vault backup --keys` wrote"));
    }
    Ok(bytes)
}

/// Brings a log's files back, its checkpoint last: without it a folder is no log, and is filled anew.
fn extract(root: &Path, files: &[ExtraFile]) -> Outcome<()> {
    let (last, first): (Vec<_>, Vec<_>) =
        files.iter().filter(|file| file.is_safe()).partition(|file| file.path == directory::CHECKPOINT);
    for file in first.into_iter().chain(last) {
        let path = root.join(&file.path);
        let folder = path.parent().unwrap_or(root);
        let fail = |e: std::io::Error| Failure::new(format!("{} can't be made: {e}", path.display()));
        std::fs::create_dir_all(folder).map_err(fail)?;
        if path.exists() {
            std::fs::remove_file(&path).map_err(fail)?;
        }
        terminal::write_new(&path, &file.bytes, 0o600)?;
    }
    Ok(())
}

fn check(global: &Global) -> Outcome {
    let mut office = home::open(global)?;
    let report = office.vault().check(None)?;
    let mut problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    if report.keyless > 0 {
        let missing = "codebooks stand in the vault whose key is not in the key file: their copies can't be named";
        if office.vault().is_restored()? { terminal::note(missing) } else { problems.push(missing.to_owned()) }
    }
    let log = office.audit_log()?;
    problems.extend(log.problems);
    if !office.has_journal() {
        let missing = "the journal of looks is missing or damaged: no copy can be named";
        // After a restore that is as it must be until its owner says how many looks there were.
        if office.vault().is_restored()? { terminal::note(missing) } else { problems.push(missing.to_owned()) }
    }
    if global.json {
        terminal::say_json(&json!({
            "valid": problems.is_empty(), "records": report.records, "log_size": log.size, "problems": problems,
        }))?;
    } else {
        for problem in &problems {
            terminal::say(problem)?;
        }
        terminal::say(&format!(
            "{} records, {} leaves in the log, {} problems",
            report.records,
            log.size,
            problems.len()
        ))?;
    }
    Ok(if problems.is_empty() { Exit::Found } else { Exit::NotFound })
}

fn done(global: &Global, object: serde_json::Value) -> Outcome {
    if global.json {
        terminal::say_json(&object)?;
    }
    Ok(Exit::Found)
}
