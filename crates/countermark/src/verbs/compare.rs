//! `compare`: two texts side by side, without a vault.

use countermark_tracing::compare;
use countermark_tracing::view::{self, Holes};
use serde_json::json;

use super::trace::change;
use crate::cli::{Compare, Global};
use crate::failure::{Exit, Outcome};
use crate::terminal;

/// Runs the verb: 0 when the texts share something, 1 when they share nothing.
pub fn run(global: &Global, args: &Compare) -> Outcome {
    let sent = super::marked::read(&args.sent)?;
    let published = terminal::read_published(&args.published)?;
    let comparison = compare(&sent, &published);
    if global.json {
        let changes: Vec<_> = comparison.changes.iter().map(change).collect();
        terminal::say_json(&json!({"same": comparison.same, "changes": changes}))?;
    } else {
        let shown = view::render(&comparison, terminal::marks(), Holes::Open, terminal::width());
        terminal::say(&shown)?;
    }
    Ok(if comparison.passages.is_empty() { Exit::NotFound } else { Exit::Found })
}
