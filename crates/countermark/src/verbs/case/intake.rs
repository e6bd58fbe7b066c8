//! What the watcher found: taken in before cases are listed or shown, or as it comes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countermark_office::{Alarm, Matched, Office, Standing, TakenIn};
use countermark_reading::Names;
use countermark_sources::{Limits, Net};
use countermark_watch::{AlarmConfig, Second, WatchFolder, Way, send_second};
use serde_json::{Value, json};
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::cli::Global;
use crate::config::Config;
use crate::failure::{Exit, Failure, Outcome};
use crate::home::Home;
use crate::verbs::marked::hex;
use crate::{home, terminal, time};

/// Between two looks at the inbox.
const EVERY: Duration = Duration::from_millis(100);

/// Opens the office, and takes in what lies in the inbox.
pub fn open(global: &Global) -> Outcome<Office> {
    let mut office = home::open_watched(global)?;
    let standing = Standings::load(global)?;
    let mut told = |alarm: &Alarm| {
        terminal::note(&words(alarm));
        standing.send(alarm);
    };
    match standing.with(None, |standing| office.take_in_telling(standing, &mut told, &|| true)) {
        Ok(taken) => tell(&taken),
        // What stands in the vault can be shown all the same.
        Err(error) => {
            terminal::note(&format!("warning: the inbox was not taken in: {}", crate::failure::chain(&error)));
        }
    }
    Ok(office)
}

/// Takes in what comes until it is told to stop.
pub fn follow(global: &Global) -> Outcome {
    let mut office = home::open_watched(global)?;
    let standing = Standings::load(global)?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))
            .map_err(|e| Failure::new(format!("signals can't be caught: {e}")))?;
    }
    terminal::note("taking in what the watcher finds; Ctrl-C ends it");
    let go_on = || !stop.load(Ordering::Relaxed);
    let mut said = Ok(());
    while go_on() {
        let mut told = |alarm: &Alarm| {
            let line = if global.json { terminal::say_json(&object(alarm)) } else { terminal::say(&words(alarm)) };
            said = std::mem::replace(&mut said, Ok(())).and(line);
            standing.send(alarm);
        };
        let taken = standing.with(None, |standing| office.take_in_telling(standing, &mut told, &go_on))?;
        std::mem::replace(&mut said, Ok(()))?;
        tell(&taken);
        std::thread::sleep(EVERY);
    }
    Ok(Exit::Found)
}

/// Lists the posts that opened no case.
pub fn matches(global: &Global, wanted: Option<&str>) -> Outcome {
    let office = open(global)?;
    let wanted = wanted.map(folded);
    let holds = |m: &Matched| wanted.as_ref().is_none_or(|w| m.item.texts.iter().any(|t| folded(&t.text).contains(w)));
    let found: Vec<Matched> = office.matches()?.into_iter().filter(holds).collect();
    if global.json {
        terminal::say_json(&json!({ "matches": found.iter().map(line).collect::<Vec<_>>() }))?;
        return Ok(Exit::of(!found.is_empty()));
    }
    for matched in &found {
        let (words, bits) = shared(matched);
        let place = matched.item.url.as_deref().unwrap_or(&matched.item.source);
        terminal::say(&format!(
            "{}  {}  {words:>4} words  {bits:>5.1} bits  {}",
            matched.item.handle.get(..8).unwrap_or_default(),
            time::show(matched.item.captured_at),
            terminal::name(place)
        ))?;
    }
    if found.is_empty() {
        terminal::note("no post that opened no case");
    } else {
        terminal::note("`case open --post HANDLE` opens a case on one");
    }
    Ok(Exit::of(!found.is_empty()))
}

/// The writer's names and the sources' standing reasons.
pub struct Standings {
    names: Names,
    config: Config,
    watch: std::path::PathBuf,
}

impl Standings {
    /// Those of the vault that the options name.
    pub fn load(global: &Global) -> Outcome<Self> {
        Self::of(&Home::of(global)?)
    }

    /// Those of a vault.
    pub fn of(home: &Home) -> Outcome<Self> {
        let watch = home.watch();
        Ok(Self { names: names(&watch, &[])?, config: Config::load(&home.config())?, watch })
    }

    /// Adds names to those of the watcher's folder.
    pub fn and_names(mut self, more: &[String]) -> Outcome<Self> {
        self.names = names(&self.watch, more)?;
        Ok(self)
    }

    /// Hands them over; `reason` rules over those of the sources.
    pub fn with<T>(&self, reason: Option<&str>, work: impl FnOnce(&Standing<'_>) -> T) -> T {
        let standing = |source: &str| reason.map(str::to_owned).or_else(|| self.config.reason(source));
        work(&Standing { names: &self.names, reason: &standing })
    }

    /// Tells of a case on standard error, and sends the second alarm.
    pub fn tell(&self, alarm: &Alarm) {
        terminal::note(&words(alarm));
        self.send(alarm);
    }

    /// Sends the second alarm by the mail and the webhooks that the watcher sends the first by, and by the configuration's `on_case`. A
    /// program that the watcher's folder names is not run here: whoever may write there is not to act where the vault is open. A way
    /// that fails keeps nobody up: the case stands.
    fn send(&self, alarm: &Alarm) {
        let folder = WatchFolder::at(&self.watch);
        let mut ways = countermark_watch::Config::load(&folder).map(|config| config.alarms).unwrap_or_default();
        ways.retain(|way| !matches!(way.way, Way::Command { .. }));
        if !self.config.on_case.is_empty() {
            let way = Way::Command { argv: self.config.on_case.clone() };
            ways.push(AlarmConfig { name: "on_case".to_owned(), way });
        }
        if ways.is_empty() {
            return;
        }
        let credentials = countermark_watch::Credentials::load(&folder).unwrap_or_default();
        let second = Second {
            handle: alarm.handle.clone(),
            case: hex(&alarm.case.id),
            kind: alarm.case.kind.to_owned(),
            words: alarm.words,
            changes: alarm.changes,
            captured_at: alarm.captured_at,
        };
        let net = Net::new(Limits::default());
        for (way, fault) in send_second(&ways, &credentials, &net, &second, time::now_ms() / 1000) {
            terminal::note(&format!("warning: the second alarm was not sent by {way}: it {fault}"));
        }
    }

    /// The names.
    pub fn names(&self) -> &Names {
        &self.names
    }
}

/// The writer's own public names: those that the watcher knows, and these.
fn names(watch: &Path, more: &[String]) -> Outcome<Names> {
    let known = countermark_watch::Names::load(&WatchFolder::at(watch))
        .map_err(|e| Failure::new(crate::failure::chain(&e)).hint("`watch names list` shows the names"))?;
    let mut names = Names::new();
    for name in known.names.iter().chain(more) {
        names.add::<&str>(name, []);
    }
    Ok(names)
}

fn tell(taken: &TakenIn) {
    if taken.later > 0 {
        terminal::note(&format!("{} later states of posts that have a case were taken in", taken.later));
    }
    if taken.damaged > 0 {
        terminal::note(&format!(
            "warning: {} records of the inbox are damaged and were passed over; the audit trail says where",
            taken.damaged
        ));
    }
}

fn words(alarm: &Alarm) -> String {
    let id = &hex(&alarm.case.id)[..8];
    match alarm.case.kind {
        "leak" => format!(
            "case {id}: OURS, {} words, {} {} (alarm {})",
            alarm.words,
            alarm.changes,
            if alarm.changes == 1 { "change" } else { "changes" },
            alarm.handle.get(..8).unwrap_or_default()
        ),
        "reworded" => format!(
            "case {id}: PERHAPS OURS, reworded: it shares rare words with a message, and is too altered to be traced (alarm {})",
            alarm.handle.get(..8).unwrap_or_default()
        ),
        "received" => format!(
            "case {id}: RECEIVED, {} words of a letter that was not written by you (alarm {})",
            alarm.words,
            alarm.handle.get(..8).unwrap_or_default()
        ),
        kind => format!("case {id}: {kind} (alarm {})", alarm.handle.get(..8).unwrap_or_default()),
    }
}

fn object(alarm: &Alarm) -> Value {
    json!({
        "case": hex(&alarm.case.id), "kind": alarm.case.kind, "message": alarm.case.message.map(|id| hex(&id.0)),
        "handle": alarm.handle, "words": alarm.words, "changes": alarm.changes, "captured": alarm.captured_at,
    })
}

fn line(matched: &Matched) -> Value {
    let (words, bits) = shared(matched);
    let item = &matched.item;
    json!({
        "handle": item.handle, "source": item.source, "url": item.url, "captured": item.captured_at, "words": words,
        "bits": (bits * 10.0).round() / 10.0,
    })
}

/// The most words that a post shares with one message, and how rare they are.
fn shared(matched: &Matched) -> (u32, f64) {
    let all = matched.item.texts.iter().flat_map(|text| &text.shared);
    all.fold((0, 0.0), |(words, bits), shared| (words.max(shared.words), f64::max(bits, shared.bits)))
}

/// Words in lower case, one space between two.
fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
