//! What the page of a statement sends back: its fields, and the draft that they make.

use countermark_office::StatementDraft;

use crate::form::Pairs;

/// The fields as they were typed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    /// The draft's revision that the page was made from.
    pub(super) revision: u64,
    /// The note that the page itself proposed; while the field says the same, it is proposed anew.
    pub(super) proposed: String,
    pub(super) draft: StatementDraft,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sheet").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl Sheet {
    /// Reads the form; what it does not carry stays as it was in the draft before.
    pub(super) fn read(form: &Pairs, before: &StatementDraft) -> Self {
        let text = |name: &str| form.one(name).unwrap_or_default().replace("\r\n", "\n");
        let line = |name: &str| text(name).split_whitespace().collect::<Vec<_>>().join(" ");
        let mut open: Vec<usize> = form.all("open").filter_map(|number| number.parse().ok()).collect();
        open.sort_unstable();
        open.dedup();
        let kept = |name: &str, value: &str| if form.one(name).is_some() { line(name) } else { value.to_owned() };
        let draft = StatementDraft {
            title: line("title"),
            category: line("category"),
            byline: line("byline"),
            language: kept("language", &before.language),
            text: text("text"),
            note: text("note"),
            open,
            hide_post: form.one("post").is_none() && form.one("has_post").is_some(),
            source: kept("source", &before.source),
            related: form.all("related").filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            address: kept("address", &before.address),
            ..before.clone()
        };
        Self {
            revision: form.one("revision").and_then(|revision| revision.parse().ok()).unwrap_or_default(),
            proposed: text("proposed"),
            draft,
        }
    }

    /// Whether the note was left as it was proposed.
    pub(super) fn proposes(&self) -> bool {
        self.draft.note.trim().is_empty() || self.draft.note == self.proposed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(all: &[(&str, &str)]) -> Pairs {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>().into()
    }

    #[test]
    fn what_was_typed_is_what_is_kept() {
        let before =
            StatementDraft { language: "fr".to_owned(), address: "a-name".to_owned(), ..StatementDraft::default() };
        let sheet = Sheet::read(
            &pairs(&[
                ("revision", "7"),
                ("title", " On\tthe \u{a0} letter "),
                ("text", "One.\r\n\r\nTwo <b>."),
                ("open", "3"),
                ("open", "1"),
                ("open", "3"),
                ("open", "x"),
                ("has_post", "1"),
                ("related", "other"),
                ("related", ""),
            ]),
            &before,
        );
        assert_eq!((sheet.revision, sheet.draft.open.as_slice()), (7, &[1, 3][..]));
        assert_eq!((sheet.draft.title.as_str(), sheet.draft.text.as_str()), ("On the letter", "One.\n\nTwo <b>."));
        assert!(sheet.draft.hide_post && sheet.proposes());
        assert_eq!((sheet.draft.language.as_str(), sheet.draft.address.as_str()), ("fr", "a-name"), "not on the form");
        assert_eq!(sheet.draft.related, ["other"]);
    }

    #[test]
    fn a_note_that_was_edited_stays() {
        let of = |note: &str, proposed: &str| {
            Sheet::read(&pairs(&[("note", note), ("proposed", proposed)]), &StatementDraft::default()).proposes()
        };
        assert!(of("", "Adds words.") && of("Adds words.", "Adds words."));
        assert!(!of("Adds a word.", "Adds words."));
    }
}
