//! The watcher's folder as the desk shows and changes it. The watcher hears of a change by itself.

use countermark_desk::SourceState;
use countermark_sources::{Cursor, Limits, Net};
use countermark_watch::{Config, Credentials, Error, Names, SourceConfig, Status, WatchFolder, forget_source};

use crate::failure::{Failure, Outcome};
use crate::verbs::watch::{drop_source, failed, parse, put};

/// What is watched, and what of it answers.
pub(super) fn all(folder: &WatchFolder) -> Outcome<Vec<SourceState>> {
    let config = Config::load(folder).map_err(failed)?;
    let mut status = Status::load(folder).map_err(failed)?.unwrap_or_default();
    let state = |source: SourceConfig| {
        let of = status.sources.remove(&source.name).unwrap_or_default();
        SourceState {
            name: source.name,
            spec: source.spec,
            every: source.every,
            answered: of.last_success,
            failed: of.last_failure.map(|event| (event.at, event.what)),
            left_alone: of.backoff_until,
            posts: of.counts.posts,
            matches: of.counts.matches,
            alarms: of.counts.alarms,
        }
    };
    Ok(config.sources.into_iter().map(state).collect())
}

/// Watches one more.
pub(super) fn add(folder: &WatchFolder, spec: &str, every: Option<&str>, secret: Option<&str>) -> Outcome<String> {
    let mut source = SourceConfig::new("", "");
    source.every = every.map(str::trim).filter(|every| !every.is_empty()).map(str::to_owned);
    if let Some(every) = &source.every {
        humantime::parse_duration(every)
            .map_err(|e| Failure::new(format!("`{every}` is no time: {e}")).hint("a number and its unit, as in 60s"))?;
    }
    let secret = secret.map(str::trim).filter(|secret| !secret.is_empty()).map(str::to_owned);
    put(folder, &parse(spec.trim())?, source, secret)
}

/// Watches one no more.
pub(super) fn remove(folder: &WatchFolder, name: &str) -> Outcome<()> {
    drop_source(folder, name)?;
    // A watcher that runs holds it still, and forgets it itself when it begins anew.
    if !folder.is_running() {
        forget_source(folder, name).map_err(failed)?;
    }
    Ok(())
}

/// Asks one now, for once.
pub(super) fn ask(folder: &WatchFolder, name: &str) -> Outcome<String> {
    let config = Config::load(folder).map_err(failed)?;
    let source = config.source(name).ok_or_else(|| failed(Error::Unknown(name.to_owned())))?;
    let mut feed = source.feed(&Credentials::load(folder).map_err(failed)?).map_err(failed)?;
    let net = Net::new(Limits::default()).with_patience(std::time::Duration::from_secs(10));
    match feed.source.poll(&net, &Cursor::default()) {
        Ok(batch) if batch.posts.is_empty() => Ok("it answers, and has no post to show".to_owned()),
        Ok(batch) if batch.posts.len() == 1 => Ok("it answers, with 1 post".to_owned()),
        Ok(batch) => Ok(format!("it answers, with {} posts", batch.posts.len())),
        Err(fault) => Err(Failure::new(format!("it {fault}"))),
    }
}

/// The writer's own public names.
pub(super) fn names(folder: &WatchFolder) -> Outcome<Vec<String>> {
    Ok(Names::load(folder).map_err(failed)?.names)
}

/// Puts others in their place.
pub(super) fn set_names(folder: &WatchFolder, names: &[String]) -> Outcome<()> {
    let mut kept: Vec<String> = Vec::new();
    for name in names.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")) {
        if !name.is_empty() && !name.contains(char::is_alphabetic) {
            return Err(Failure::new("a name without a letter").hint("write it as it stands in the press"));
        }
        if !name.is_empty() && !kept.contains(&name) {
            kept.push(name);
        }
    }
    Names { names: kept }.save(folder).map_err(failed)
}
