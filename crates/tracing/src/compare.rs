//! Two plain texts beside each other.

use crate::changes::{Change, ChangeKind, Quote};
use crate::leak::Leak;
use crate::trace::{Passage, Tracer};

/// What was sent beside what was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What was sent.
    pub sent: String,
    /// What was published.
    pub published: String,
    /// What both share, in the order of what was published.
    pub passages: Vec<Passage>,
    /// What differs, in the order of what was sent.
    pub changes: Vec<Change>,
    /// The two are equal after normalisation.
    pub same: bool,
}

/// Compares two plain texts.
///
/// Works as [`trace`](crate::trace()) does on a message without sites, but takes shorter shared stretches for passages:
/// that the two belong together is given here. Texts that share nothing are one change.
pub fn compare(sent: &str, published: &str) -> Comparison {
    let leak = Leak::new(published);
    let same = countermark_text::same(sent, published);
    if same && leak.words() > 0 {
        return equal(sent, published, leak.words());
    }
    let (passages, changes) = match Tracer::plain(sent).trace(&leak) {
        Some(trace) => (trace.passages, trace.changes),
        None => (Vec::new(), nothing_shared(sent, published, same)),
    };
    Comparison { sent: sent.to_owned(), published: published.to_owned(), passages, changes, same }
}

/// Equal texts are one passage, however often they repeat themselves.
fn equal(sent: &str, published: &str, words: usize) -> Comparison {
    let whole =
        Passage { sent: 0..sent.len(), published: 0..published.len(), words, longest_run: words, repeated: false };
    Comparison {
        sent: sent.to_owned(),
        published: published.to_owned(),
        passages: vec![whole],
        changes: Vec::new(),
        same: true,
    }
}

fn nothing_shared(sent: &str, published: &str, same: bool) -> Vec<Change> {
    let quote = |text: &str| {
        let inner = text.trim();
        let from = text.len() - text.trim_start().len();
        (!inner.is_empty()).then(|| Quote { span: from..from + inner.len(), text: inner.to_owned() })
    };
    let (left, right) = (quote(sent), quote(published));
    let kind = match (&left, &right) {
        (Some(_), Some(_)) => ChangeKind::Changed,
        (Some(_), None) => ChangeKind::Omitted,
        (None, Some(_)) => ChangeKind::Added,
        (None, None) => return Vec::new(),
    };
    if same {
        return Vec::new();
    }
    let parts = 1..=countermark_text::parts(sent).len().max(1);
    let at = |quote: &Option<Quote>| quote.as_ref().map_or(0..0, |q| q.span.clone());
    vec![Change {
        kind,
        sent_at: at(&left),
        published_at: at(&right),
        sent: left,
        published: right,
        parts,
        slip: false,
    }]
}
