//! `watch status`: what the watcher does.

use countermark_watch::{Config, Event, SourceStatus, Status, WatchFolder};
use serde_json::{Value, json};

use super::failed;
use crate::cli::Global;
use crate::failure::{Exit, Outcome};
use crate::{terminal, time};

/// Runs the verb: 0 when a watcher runs, 1 when none does.
pub(super) fn run(global: &Global, folder: &WatchFolder) -> Outcome {
    let running = folder.is_running();
    let exit = if running { Exit::Found } else { Exit::NotFound };
    let status = Status::load(folder).map_err(failed)?;
    if global.json {
        let mut object = serde_json::to_value(&status).unwrap_or(Value::Null);
        match object.as_object_mut() {
            Some(object) => _ = object.insert("running".to_owned(), running.into()),
            None => object = json!({ "running": running }),
        }
        terminal::say_json(&object)?;
        return Ok(exit);
    }
    let Some(status) = status else {
        terminal::note("no watcher has run here yet: `watch run`, or `watch run --once`");
        return Ok(exit);
    };
    let config = Config::load(folder).map_err(failed)?;
    terminal::say(&if running {
        format!("a watcher runs since {} (process {})", time::show(status.started), status.pid)
    } else {
        format!("no watcher runs; the last was seen at {}", time::show(status.ended.unwrap_or(status.at)))
    })?;
    for source in &config.sources {
        let of = status.sources.get(&source.name).cloned().unwrap_or_default();
        terminal::say(&terminal::tame(&lines(&source.name, &of)))?;
    }
    for (name, way) in &status.ways {
        let failure = failure(way.last_failure.as_ref());
        terminal::say(&terminal::tame(&format!("alarm {name}: {} told{failure}", way.told)))?;
    }
    rest(&status)?;
    Ok(exit)
}

fn lines(name: &str, of: &SourceStatus) -> String {
    let counts = &of.counts;
    let success = of.last_success.map_or("never answered".to_owned(), |at| format!("answered at {}", time::show(at)));
    let lag = of.lag.map_or(String::new(), |lag| format!(", {lag} s behind"));
    let until = of.backoff_until.map_or(String::new(), |at| format!(", left alone until {}", time::show(at)));
    let pending = if of.pending > 0 { format!(", {} pictures wait", of.pending) } else { String::new() };
    format!(
        "{name}: {success}{lag}{until}{}\n  {} posts, {} matches, {} alarms, {} invented, {} deleted, {} pictures read, {} unread, {} in part{pending}",
        failure(of.last_failure.as_ref()),
        counts.posts,
        counts.matches,
        counts.alarms,
        counts.invented,
        counts.deleted,
        counts.pictures,
        counts.unread,
        counts.clipped,
    )
}

fn failure(event: Option<&Event>) -> String {
    event.map_or(String::new(), |event| format!("; failed at {}: {}", time::show(event.at), event.what))
}

fn rest(status: &Status) -> Outcome<()> {
    terminal::say(&format!(
        "index: {} messages, written at {}",
        status.index_messages,
        time::show(status.index_written)
    ))?;
    let dropped = status.inbox_dropped;
    terminal::say(&format!(
        "inbox: {} bytes; dropped for room: {} segments of matches, {} matches",
        status.inbox_bytes, dropped.segments, dropped.matches
    ))?;
    let eyes = if status.reads_pictures { "read" } else { "not read" };
    terminal::say(&format!(
        "pictures: {eyes}, {} wait; batches waiting: {}; alarms waiting: {}",
        status.pictures_waiting, status.batches_waiting, status.alarms_waiting
    ))?;
    for problem in [&status.disk_problem, &status.index_problem].into_iter().flatten() {
        terminal::note(&format!("PROBLEM since {}: {}", time::show(problem.at), terminal::tame(&problem.what)));
    }
    Ok(())
}
