//! `case open`: a post that somebody saw himself, or one that the watcher found and thought too common.

use countermark_office::{Captured, Origin};
use countermark_proof::limits::PUBLISHED_BYTES;

use super::intake::{self, Standings};
use super::show::{object, words};
use crate::captured::Input;
use crate::cli::{CaseOpen, Global};
use crate::failure::{Exit, Outcome};
use crate::verbs::marked::hex;
use crate::{home, terminal, time};

/// Runs the verb.
pub fn run(global: &Global, args: &CaseOpen) -> Outcome {
    let reason = args.reason.as_deref();
    let (mut office, opened) = match (&args.post, &args.file) {
        (Some(post), _) => {
            let mut office = intake::open(global)?;
            let standing = Standings::load(global)?.and_names(&args.name)?;
            let opened = standing.with(reason, |standing| office.open_match(post, standing))?;
            (office, opened)
        }
        (None, file) => {
            let at = args.captured_at.as_deref().map(time::parse).transpose()?;
            // Read first: a wrong path costs no passphrase.
            let input = Input::take(file.as_deref().unwrap_or("-".as_ref()), args.allow_private)?;
            let pieces = input.pieces()?;
            let standing = Standings::load(global)?.and_names(&args.name)?;
            let origin = input.url.as_ref().map(|url| Origin {
                source: String::new(),
                post: url.clone(),
                url: Some(url.clone()),
                author: None,
                published_at: None,
                handle: String::new(),
            });
            let at = at.unwrap_or(time::now_ms() / 1000);
            let captured = Captured { bytes: &input.capture, at, pieces, origin };
            let mut office = home::open_watched(global)?;
            let opened = office.open_case_on(&captured, standing.names(), reason)?;
            (office, opened)
        }
    };
    let case = office.case(&hex(&opened.id))?;
    if global.json {
        let mut shown = object(&case);
        shown["changes"] = serde_json::Value::Array(Vec::new());
        let finding = office.case_finding(&hex(&opened.id))?;
        if let Some(m) = finding {
            shown["changes"] = m.trace.changes.iter().map(crate::verbs::trace::change).collect();
        }
        terminal::say_json(&shown)?;
    } else {
        terminal::say(&words(&case))?;
    }
    if reason.is_none() && case.reason.is_none() {
        terminal::note("no copy was looked for: `--reason TEXT` says why one should be");
    }
    let length = case.published.len();
    if case.summary.message.is_some() && length > PUBLISHED_BYTES {
        terminal::note(&format!(
            "the text has {length} bytes: it is traced whole, but which copy it was can't be shown to strangers of more than {PUBLISHED_BYTES}; open a case on the passage in question"
        ));
    }
    Ok(if case.summary.message.is_some() { Exit::Found } else { Exit::NotFound })
}
