//! A text under change that knows of each byte where it came from.

use crate::Span;

/// Replaces a stretch.
pub(super) struct Edit {
    pub(super) span: Span,
    pub(super) text: String,
}

#[derive(Clone)]
pub(super) struct Traced {
    text: String,
    /// For each byte, and for the end, the byte of the original that it stands for.
    from: Vec<usize>,
}

impl Traced {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), from: (0..=text.len()).collect() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a stretch came from.
    pub(super) fn source(&self, span: &Span) -> Span {
        let of = |at: usize| self.from.get(at).copied().unwrap_or(0);
        of(span.start)..of(span.end).max(of(span.start))
    }

    /// What stands now for a stretch of the original, what was put in at its end included.
    pub(super) fn now(&self, source: &Span) -> &str {
        let from = self.from.partition_point(|at| *at < source.start);
        // The last byte that stands for the end is the original's own next one.
        let to = self.from.partition_point(|at| *at <= source.end).saturating_sub(1);
        self.text.get(from..to.max(from)).unwrap_or_default()
    }

    /// Makes the edits, which are in order and do not overlap.
    pub(super) fn apply(&mut self, edits: Vec<Edit>) {
        if edits.is_empty() {
            return;
        }
        let mut text = String::with_capacity(self.text.len());
        let mut from = Vec::with_capacity(self.from.len());
        let mut kept = 0;
        for edit in edits {
            let Some(before) = self.text.get(kept..edit.span.start) else { continue };
            text.push_str(before);
            from.extend_from_slice(&self.from[kept..edit.span.start]);
            text.push_str(&edit.text);
            from.extend(std::iter::repeat_n(self.from[edit.span.start], edit.text.len()));
            kept = edit.span.end;
        }
        text.push_str(self.text.get(kept..).unwrap_or_default());
        from.extend_from_slice(self.from.get(kept..).unwrap_or_default());
        *self = Self { text, from };
    }

    /// The lines, each with its line feed.
    pub(super) fn lines(&self) -> Vec<Self> {
        let mut at = 0;
        let line = |line: &str| {
            let end = at + line.len();
            let from = self.from.get(at..=end).unwrap_or_default().to_vec();
            at = end;
            Self { text: line.to_owned(), from }
        };
        self.text.split_inclusive('\n').map(line).collect()
    }

    /// The stretches one behind the other.
    pub(super) fn join(lines: Vec<Self>) -> Self {
        let mut all = Self { text: String::new(), from: Vec::new() };
        let mut end = 0;
        for mut line in lines {
            end = line.from.pop().unwrap_or(end);
            all.text.push_str(&line.text);
            all.from.append(&mut line.from);
        }
        all.from.push(end);
        all
    }
}
