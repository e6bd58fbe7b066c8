//! `watch`: sources and the watcher. It uses the watch folder alone, never the vault.

mod alarm;
mod check;
mod names;
mod run;
mod sources;
mod status;

use std::path::Path;

use countermark_watch::{Error, WatchFolder};

use crate::cli::{Global, WatchVerb};
use crate::failure::{Failure, Outcome};
use crate::home::Home;
use crate::terminal;

pub use run::setup;
pub use sources::{drop_source, parse, put};

/// Runs the verb.
pub fn run(global: &Global, verb: &WatchVerb) -> Outcome {
    let folder = folder(global)?;
    match verb {
        WatchVerb::Add(args) => sources::add(global, &folder, args),
        WatchVerb::List => sources::list(global, &folder),
        WatchVerb::Remove { name } => sources::remove(global, &folder, name),
        WatchVerb::Run { once, metrics } => run::run(global, &folder, *once, *metrics),
        WatchVerb::Status => status::run(global, &folder),
        WatchVerb::Check { what, allow_private } => check::run(global, &folder, what, *allow_private),
        WatchVerb::Names(verb) => names::run(global, &folder, verb),
        WatchVerb::Alarm(verb) => alarm::run(global, &folder, verb),
    }
}

/// The folder that `--watch` names, or the one beside the vault.
fn folder(global: &Global) -> Outcome<WatchFolder> {
    match &global.watch {
        Some(dir) => Ok(WatchFolder::at(dir)),
        None => Ok(WatchFolder::at(&Home::of(global)?.watch())),
    }
}

/// The first line of a file with a secret.
fn secret(path: &Path) -> Outcome<String> {
    let bytes = terminal::read_limited(path, 64 << 10)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("{} is not text in UTF-8", terminal::name_of(path))))?;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.map(str::to_owned).ok_or_else(|| {
        Failure::new(format!("{} is empty", terminal::name_of(path))).hint("put the secret on its first line")
    })
}

/// The watcher's errors in words.
pub fn failed(error: Error) -> Failure {
    let hint = match &error {
        Error::NoDesk | Error::NoIndex => {
            "the desk writes its key and the index: seal a message, or run `case list` once, with the vault beside this folder"
        }
        Error::Index(_) => "`case list` writes a damaged index anew",
        Error::Running => "`watch status` shows what it does; end it before another one is started",
        Error::Mode { .. } => "take the others' rights away: chmod 600",
        Error::Unknown(_) => "`watch list`, `watch names list` and `watch alarm list` show what there is",
        Error::Taken(_) => "choose another name with --name",
        Error::Inbox(countermark_inbox::Error::Full { .. }) => {
            "let the desk take it in (`case list`), or raise inbox_bytes in watch.toml; nothing was lost, the sources wait"
        }
        Error::Inbox(countermark_inbox::Error::Locked) => "another watcher uses this folder",
        Error::Content { .. } => "mend the file, or remove it to begin anew",
        _ => return Failure::new(error.to_string()),
    };
    Failure::new(error.to_string()).hint(hint)
}
