//! `watch run`: the watcher itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use countermark_sources::{Limits, Net};
use countermark_watch::{Config, Credentials, Index, Mode, Names, Reading, Setup, Status, WatchFolder};
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::failed;
use crate::cli::Global;
use crate::failure::{Exit, Failure, Outcome};
use crate::{terminal, time};

/// How long a stream waits for what is new when every source is asked once.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs the watcher until a signal ends it, or once.
pub(super) fn run(global: &Global, folder: &WatchFolder, once: bool, metrics: Option<SocketAddr>) -> Outcome {
    let config = Config::load(folder).map_err(failed)?;
    if config.sources.is_empty() {
        return Err(Failure::new("nothing is watched yet").hint("`watch add SPEC`, as in `watch add telegram:CHANNEL`"));
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))
            .map_err(|e| Failure::new(format!("signals can't be watched: {e}")))?;
    }
    let mode = if once { Mode::Once } else { Mode::Forever };
    let status = countermark_watch::run(setup(folder, &config, mode, metrics, stop)?).map_err(failed)?;
    if once { report(global, &config, &status) } else { Ok(Exit::Found) }
}

/// What a watcher is made of; it ends when `stop` is set.
pub fn setup(
    folder: &WatchFolder,
    config: &Config,
    mode: Mode,
    metrics: Option<SocketAddr>,
    stop: Arc<AtomicBool>,
) -> Outcome<Setup> {
    let credentials = Credentials::load(folder).map_err(failed)?;
    let feeds = config.sources.iter().map(|source| source.feed(&credentials)).collect::<Result<Vec<_>, _>>();
    let feeds = feeds.map_err(failed)?;
    let index = Index::open(folder).map_err(failed)?;
    if index.messages() == 0 {
        terminal::note("note: no message is registered yet; what was posted until one is, will not be looked at again");
    }
    let reader = match countermark_watch::pictures(&config.languages) {
        _ if !feeds.iter().any(|feed| feed.pictures.is_some()) => None,
        Ok(reader) => Some(reader),
        Err(missing) => {
            terminal::note(&format!("warning: pictures are not read: {missing}"));
            None
        }
    };
    let mut net = Net::new(Limits::default());
    if mode == Mode::Once {
        net = net.with_patience(PATIENCE);
    }
    Ok(Setup {
        folder: folder.clone(),
        feeds,
        screen: Box::new(index),
        reader,
        attribute: Some(Box::new(Reading)),
        names: Names::load(folder).map_err(failed)?.names,
        alarms: config.alarms.clone(),
        credentials,
        inbox: countermark_inbox::Limits { spool: config.inbox_bytes, ..Default::default() },
        net,
        stop,
        mode,
        metrics,
        now_ms: time::now_ms,
        log,
    })
}

fn log(line: &str) {
    terminal::note(&format!("{} {}", time::show(time::now_ms() / 1000), terminal::tame(line)));
}

/// What a run that asked once brought.
fn report(global: &Global, config: &Config, status: &Status) -> Outcome {
    let mut all = true;
    let mut rows = serde_json::Map::new();
    for source in &config.sources {
        let of = status.sources.get(&source.name).cloned().unwrap_or_default();
        let answered = of.last_success.is_some();
        all &= answered;
        let failure = of.last_failure.as_ref().map(|event| event.what.clone());
        if !global.json {
            let counts = of.counts;
            let what = match &failure {
                Some(what) if !answered => what.to_string(),
                _ => format!(
                    "{} posts, {} matches, {} alarms, {} invented, {} pictures",
                    counts.posts, counts.matches, counts.alarms, counts.invented, counts.pictures
                ),
            };
            terminal::say(&format!("{:<24} {what}", source.name))?;
        }
        rows.insert(source.name.clone(), json!({"answered": answered, "failure": failure, "counts": of.counts}));
    }
    if global.json {
        terminal::say_json(&json!({"sources": rows, "alarms_waiting": status.alarms_waiting}))?;
    } else {
        terminal::note("counts are since each source was added; `case list` takes in what was found");
    }
    Ok(if all { Exit::Found } else { Exit::NotFound })
}
