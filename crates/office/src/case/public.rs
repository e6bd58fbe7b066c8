//! Whether what a text shows was public already: it may quote what the office itself published, and then there is nothing new in it.

use countermark_tlog::directory::Disk;
use countermark_tracing::ChangeKind;

use super::around::Around;
use super::{Kept, KnownSince};
use crate::record::{KnownRecord, MessageRecord};
use crate::standing::words;
use crate::trace::MessageFinding;
use crate::{Error, Office};

impl<D: Disk + Clone> Office<D> {
    /// The version of a statement that had opened, by the time of a capture (seconds since 1970), all that a text shows of a message, in the
    /// very words that the text has. Another copy's wording, one altered word, or one word more of the message, and it is none of these.
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
        let trace = Around::of(&opened).settle(finding.trace.clone(), published);
        if trace.changes.iter().any(|change| !matches!(change.kind, ChangeKind::Omitted | ChangeKind::Moved)) {
            return Ok(None);
        }
        let shown: Vec<String> =
            trace.passages.iter().filter_map(|passage| published.get(passage.published.clone())).map(line).collect();
        let mut versions: Vec<(u64, KnownRecord)> = Vec::new();
        for statement in self.all_statements()? {
            for (number, version) in (1..).zip(&statement.record.versions) {
                if version.message != Some(message) || version.at > captured {
                    continue;
                }
                let open = version.open.iter().filter_map(|part| opened.record.text.parts.get(part.checked_sub(1)?));
                let open = line(&open.map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n"));
                if !shown.is_empty() && shown.iter().all(|passage| open.contains(passage)) {
                    versions.push((version.at, KnownRecord { statement: statement.id, version: number }));
                }
            }
        }
        Ok(versions.into_iter().min_by_key(|(at, _)| *at).map(|(_, known)| known))
    }

    /// The same as a page shows it; nothing where the statement is gone.
    pub(super) fn shown_known(&self, kept: &Kept) -> Result<Option<KnownSince>, Error> {
        let Some(known) = &kept.record.known else { return Ok(None) };
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

/// A text as its canonical words, a space around each.
fn line(text: &str) -> String {
    format!(" {} ", words(text).join(" "))
}
