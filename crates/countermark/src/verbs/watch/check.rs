//! `watch check`: one thing, screened by hand.

use std::path::Path;

use countermark_inbox::Level;
use countermark_sources::{Limits, Net, Reach};
use countermark_watch::{Checked, Config, Index, Names, ReadPicture, Reading, WatchFolder};
use serde_json::json;

use super::failed;
use crate::cli::Global;
use crate::failure::{Exit, Failure, Outcome};
use crate::terminal;

/// The longest thing that is looked at.
const LONGEST: u64 = 32 << 20;

/// Bytes, and where they come from.
struct Thing {
    bytes: Vec<u8>,
    content_type: Option<String>,
    base: Option<String>,
}

/// Runs the verb.
pub(super) fn run(global: &Global, folder: &WatchFolder, what: &str, allow_private: bool) -> Outcome {
    let thing = open(what, allow_private)?;
    let index = Index::open(folder).map_err(failed)?;
    let names = Names::load(folder).map_err(failed)?.names;
    let languages = Config::load(folder).map_err(failed)?.languages;
    let reader = countermark_watch::pictures(&languages);
    let eyes: Option<&dyn ReadPicture> = reader.as_ref().ok().map(AsRef::as_ref);
    let (content_type, base) = (thing.content_type.as_deref(), thing.base.as_deref());
    let attribute = Some((Box::new(Reading) as _, names));
    let checked = countermark_watch::check(&thing.bytes, content_type, base, Box::new(index), eyes, attribute);
    if checked.unread {
        let why = reader.err().unwrap_or_else(|| "it is damaged, too large, or of another kind".to_owned());
        return Err(Failure::new(format!("the picture can't be read: {why}")));
    }
    show(global, &checked)?;
    Ok(if checked.level.is_some() { Exit::Found } else { Exit::NotFound })
}

fn open(what: &str, allow_private: bool) -> Outcome<Thing> {
    if !["http://", "https://"].iter().any(|scheme| what.starts_with(scheme)) {
        let bytes = terminal::read_limited(Path::new(what), LONGEST)?;
        return Ok(Thing { bytes, content_type: None, base: None });
    }
    let reach = if allow_private { Reach::Private } else { Reach::Public };
    let fetched = Net::new(Limits::default()).fetch(what, reach).map_err(|fault| {
        let failure = Failure::new(format!("{} {fault}", terminal::name(what)));
        match fault {
            countermark_sources::Fault::Private => failure.hint("--allow-private, where that is meant"),
            _ => failure,
        }
    })?;
    Ok(Thing { bytes: fetched.bytes, content_type: fetched.content_type, base: Some(what.to_owned()) })
}

fn show(global: &Global, checked: &Checked) -> Outcome<()> {
    let level = checked.level.map(|level| match level {
        Level::Alarm => "alarm",
        Level::Deleted => "deleted",
        Level::Invented => "invented",
        Level::Match => "match",
    });
    if global.json {
        let texts: Vec<_> = checked
            .texts
            .iter()
            .map(|text| {
                let hits = text.hits.iter().map(|hit| {
                    let spans: Vec<_> = hit.spans.iter().map(|span| [span.start, span.end]).collect();
                    json!({"words": hit.words, "bits": hit.bits, "alarm": hit.alarm, "spans": spans})
                });
                json!({"role": text.role, "matches": hits.collect::<Vec<_>>()})
            })
            .collect();
        return terminal::say_json(&json!({"level": level, "texts": texts}));
    }
    terminal::say(level.unwrap_or("nothing"))?;
    for text in &checked.texts {
        for hit in &text.hits {
            let word = if hit.alarm { "rare" } else { "common" };
            terminal::say(&format!("  {} words, {:.1} bits, {word}", hit.words, hit.bits))?;
            for span in hit.spans.iter().filter_map(|span| text.text.get(span.clone())) {
                terminal::say(&terminal::barred("    ", span))?;
            }
        }
    }
    Ok(())
}
