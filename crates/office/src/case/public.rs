//! Whether what was found in a text was public already: it may quote what the office itself published.
//!
//! It is a hint for whoever reads the case, and files nothing: a few words more of the message, or words of others that turn the sense,
//! may stand beside what was found.

use std::ops::Range;

use countermark_tlog::directory::Disk;
use countermark_tracing::{Change, ChangeKind, Trace};

use super::around::Around;
use super::{Kept, KnownSince};
use crate::record::{KnownRecord, MessageRecord};
use crate::standing::{FEW, stands, words};
use crate::trace::MessageFinding;
use crate::{Error, Office};

impl<D: Disk + Clone> Office<D> {
    /// The version of a statement that had opened, by the time of a capture (seconds since 1970), all that a text shows of a message, in the
    /// words that the text has, signs between them aside. A word of it altered, or four words in a row of a part that stays closed, and it is
    /// none of these; fewer may stand beside what was found.
    pub(super) fn known_since(
        &self,
        finding: &MessageFinding,
        published: &str,
        captured: u64,
    ) -> Result<Option<KnownRecord>, Error> {
        let message = finding.message.0;
        let Some(record) = self.vault.read::<_, Error>(|tx| Ok(tx.get::<MessageRecord>(message)?))? else {
            return Ok(None);
        };
        let Ok(opened) = crate::messages::opened(&message, record) else { return Ok(None) };
        let said = words(published);
        let closed_stands = |open: &[usize]| {
            let closed = opened.master.parts().into_iter().enumerate().filter(|(at, _)| !open.contains(&(at + 1)));
            closed.filter_map(|(_, part)| stands(&part, &said)).any(|fixed| fixed >= FEW)
        };
        let trace = Around::of(&opened).settle(finding.trace.clone(), published);
        let shown = quoted(&trace, published);
        let mut versions: Vec<(u64, KnownRecord)> = Vec::new();
        for statement in self.all_statements()? {
            for (number, version) in (1..).zip(&statement.record.versions) {
                if version.message != Some(message) || version.at > captured {
                    continue;
                }
                let open = version.open.iter().filter_map(|part| opened.record.text.parts.get(part.checked_sub(1)?));
                let open = line(&open.map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n"));
                let as_written =
                    trace.changes.iter().all(|change| foreign(change, finding.tracer.sent(), &version.open));
                if as_written
                    && !closed_stands(&version.open)
                    && !shown.is_empty()
                    && shown.iter().all(|passage| open.contains(passage))
                {
                    versions.push((version.at, KnownRecord { statement: statement.id, version: number }));
                }
            }
        }
        Ok(versions.into_iter().min_by_key(|(at, _)| *at).map(|(_, known)| known))
    }

    /// The same as a page shows it; nothing where the statement is gone.
    pub(super) fn shown_known(&self, kept: &Kept) -> Result<Option<KnownSince>, Error> {
        let record = &kept.record;
        // A text that points at somebody, or says something else by now, quotes more than what is public.
        let more = record.finding.as_ref().is_some_and(|finding| !finding.named.is_empty()) || !record.later.is_empty();
        let Some(known) = record.known.as_ref().filter(|_| !more) else { return Ok(None) };
        let statement = self.all_statements()?.into_iter().find(|statement| statement.id == known.statement);
        let at = usize::try_from(known.version).unwrap_or(usize::MAX).wrapping_sub(1);
        Ok(statement.and_then(|statement| {
            let version = statement.record.versions.get(at)?;
            Some(KnownSince {
                statement: statement.id,
                version: known.version,
                title: version.title.clone(),
                at: version.at,
            })
        }))
    }
}

/// Since when a text was there, seconds since 1970: however late it was captured, what stood there before a statement quotes none.
pub(super) fn there_since(captured: u64, published: Option<u64>) -> u64 {
    published.map_or(captured, |published| published.min(captured))
}

/// What a text has of a message, what others put in between taken out, each stretch as its words.
fn quoted(trace: &Trace, published: &str) -> Vec<String> {
    let mut put_in: Vec<&Range<usize>> =
        trace.changes.iter().filter(|change| change.kind != ChangeKind::Moved).map(|c| &c.published_at).collect();
    put_in.retain(|at| !at.is_empty());
    put_in.sort_by_key(|at| at.start);
    let mut stretches = Vec::new();
    for passage in &trace.passages {
        let mut from = passage.published.start;
        for at in put_in.iter().filter(|at| at.start < passage.published.end && passage.published.start < at.end) {
            stretches.push(from..at.start.max(from));
            from = from.max(at.end);
        }
        stretches.push(from..passage.published.end.max(from));
    }
    let lines = stretches.into_iter().filter_map(|stretch| published.get(stretch)).map(line);
    lines.filter(|line| !line.trim().is_empty()).collect()
}

/// Whether a difference leaves what is open as it was written: something was left out or moved, or what somebody else says stands between
/// two sentences, or in the place of a closed part.
fn foreign(change: &Change, sent: &str, open: &[usize]) -> bool {
    match change.kind {
        ChangeKind::Omitted | ChangeKind::Moved => true,
        ChangeKind::Changed => !change.parts.clone().any(|part| open.contains(&part)),
        ChangeKind::Added => sent.get(..change.sent_at.start).is_some_and(|before| {
            before.trim_end_matches(|c: char| c.is_whitespace() || is_closing(c)).ends_with(['.', '?', '!', ':'])
        }),
    }
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | '\u{201d}' | '\u{2019}' | '\u{bb}')
}

/// A text as its canonical words, a space around each.
fn line(text: &str) -> String {
    format!(" {} ", words(text).join(" "))
}
