//! The watcher's process: waits until there is something to watch, and begins anew when the owner decided otherwise.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use countermark_watch::{Config, Error, Mode, WatchFolder, forget_source};

use super::child::{self, Ending};
use crate::cli::{Global, ServeWatch};
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal;
use crate::verbs::watch::{failed, setup};

/// Between two looks at what the owner decided.
const LOOK: Duration = Duration::from_millis(250);

/// How long a fault of the watcher's is waited out.
const FAULT: Duration = Duration::from_secs(10);

/// What the owner may change while it runs; the index is read again by the watcher itself.
const FILES: [&str; 4] = ["watch.toml", "credentials", "names.toml", "desk.pub"];

/// Runs until it is told to end.
pub(super) fn run(global: &Global, args: &ServeWatch) -> Outcome {
    let Some(folder) = &global.watch else {
        return Err(Failure::new("which folder is the watcher's?").hint("say so with --watch DIR"));
    };
    let folder = WatchFolder::at(folder);
    let ending = Ending::begin(args.parent)?;
    let asked = Arc::clone(&ending.asked);
    thread::spawn(move || ending.wait());
    child::ready();
    let (mut watched, mut said) = (BTreeSet::new(), String::new());
    while !asked.load(Ordering::SeqCst) {
        let state = state(&folder);
        let pause = match round(&folder, &state, &asked, &mut watched) {
            Ok(Round::Again) => Duration::ZERO,
            Ok(Round::Nothing(why)) => {
                // Once, not four times a second.
                if said != why {
                    terminal::note(&format!("the watcher waits: {why}"));
                    said = why;
                }
                LOOK
            }
            Err(failure) => {
                terminal::note(&format!("warning: the watcher: {}", failure.to_string().trim_start_matches("error: ")));
                FAULT
            }
        };
        rest(&folder, &state, &asked, pause);
    }
    Ok(Exit::Found)
}

enum Round {
    /// It ran, and was ended.
    Again,
    /// There is nothing to watch, or not yet what it needs.
    Nothing(String),
}

/// Watches until the end is asked for, or until something is to be watched otherwise.
fn round(
    folder: &WatchFolder,
    state: &State,
    asked: &Arc<AtomicBool>,
    watched: &mut BTreeSet<String>,
) -> Outcome<Round> {
    let config = Config::load(folder).map_err(failed)?;
    let names: BTreeSet<String> = config.sources.iter().map(|source| source.name.clone()).collect();
    for gone in watched.difference(&names) {
        // Where it stood; it could not be forgotten while the watcher held it.
        forget_source(folder, gone).map_err(failed)?;
    }
    watched.clone_from(&names);
    if names.is_empty() {
        return Ok(Round::Nothing("there are no sources yet".to_owned()));
    }
    match folder.desk() {
        Err(Error::NoDesk) => return Ok(Round::Nothing("the desk has not been unlocked yet".to_owned())),
        Err(error) => return Err(failed(error)),
        Ok(_) => {}
    }
    if !folder.index().exists() {
        return Ok(Round::Nothing("the desk has not written the index yet".to_owned()));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let setup = setup(folder, &config, Mode::Forever, None, Arc::clone(&stop))?;
    let ended = Arc::new(AtomicBool::new(false));
    let looker = {
        let (folder, state) = (folder.clone(), state.clone());
        let (asked, stop, ended) = (Arc::clone(asked), Arc::clone(&stop), Arc::clone(&ended));
        thread::spawn(move || {
            while !ended.load(Ordering::SeqCst) {
                if asked.load(Ordering::SeqCst) || self::state(&folder) != state {
                    stop.store(true, Ordering::SeqCst);
                }
                thread::park_timeout(LOOK);
            }
        })
    };
    let done = countermark_watch::run(setup);
    ended.store(true, Ordering::SeqCst);
    looker.thread().unpark();
    let _ = looker.join();
    match done {
        Ok(_) => Ok(Round::Again),
        // Somebody's `watch run`, or a moment's look whether one runs.
        Err(Error::Running) => Ok(Round::Nothing("another one uses its folder".to_owned())),
        Err(error) => Err(failed(error)),
    }
}

/// Waits, but no longer than until something changes.
fn rest(folder: &WatchFolder, known: &State, asked: &AtomicBool, pause: Duration) {
    let until = Instant::now() + pause;
    while Instant::now() < until && !asked.load(Ordering::SeqCst) && state(folder) == *known {
        thread::sleep(LOOK.min(until.saturating_duration_since(Instant::now())));
    }
}

/// Which versions of its files a folder holds.
type State = Vec<Option<(u64, i64, i64, u64)>>;

fn state(folder: &WatchFolder) -> State {
    let of = |name: &&str| {
        let meta = std::fs::metadata(folder.root().join(name)).ok()?;
        Some((meta.ino(), meta.mtime(), meta.mtime_nsec(), meta.len()))
    };
    FILES.iter().map(of).collect()
}
