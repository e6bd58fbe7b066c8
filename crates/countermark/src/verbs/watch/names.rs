//! `watch names`: the writer's own public names.

use countermark_watch::{Error, Names, WatchFolder};
use serde_json::json;

use super::failed;
use crate::cli::{Global, NamesVerb};
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal;

/// Runs the verb.
pub(super) fn run(global: &Global, folder: &WatchFolder, verb: &NamesVerb) -> Outcome {
    let mut names = Names::load(folder).map_err(failed)?;
    match verb {
        NamesVerb::Add { name } => {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            if !name.contains(char::is_alphabetic) {
                return Err(Failure::new("a name without a letter").hint("write it as it stands in the press"));
            }
            if names.names.contains(&name) {
                return Err(failed(Error::Taken(name)));
            }
            names.names.push(name);
            names.save(folder).map_err(failed)?;
        }
        NamesVerb::Remove { name } => {
            let before = names.names.len();
            names.names.retain(|known| known != name);
            if names.names.len() == before {
                return Err(failed(Error::Unknown(name.clone())));
            }
            names.save(folder).map_err(failed)?;
        }
        NamesVerb::List => {}
    }
    if !matches!(verb, NamesVerb::List) && folder.is_running() {
        terminal::note("the running watcher takes it at its next start");
    }
    if global.json {
        terminal::say_json(&json!({ "names": names.names }))?;
    } else if !names.names.is_empty() {
        terminal::say(&terminal::tame(&names.names.join("\n")))?;
    } else {
        terminal::note("no name yet: watch names add \"First Last\"");
    }
    Ok(if names.names.is_empty() { Exit::NotFound } else { Exit::Found })
}
