//! How a published text begins, for a line of a list.

use crate::record::CaseRecord;

/// So many characters of it at most.
const MOST: usize = 80;

/// The first words of what was published.
#[derive(Clone, PartialEq, Eq)]
pub struct Beginning {
    /// On one line, cut at a word where the text goes on.
    pub words: String,
    /// Whether a program read some of them off a picture.
    pub read: bool,
}

impl std::fmt::Debug for Beginning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Beginning").field("read", &self.read).finish_non_exhaustive()
    }
}

/// How a case's text begins; nothing where it has no words.
pub(super) fn of(record: &CaseRecord) -> Option<Beginning> {
    let text = record.published.trim_start();
    let start = record.published.len() - text.len();
    let shown = match text.char_indices().nth(MOST) {
        Some((at, next)) => at_a_word(&text[..at], next),
        None => text,
    };
    let mut words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return None;
    }
    if !text[shown.len()..].trim_start().is_empty() {
        words.push('…');
    }
    let of_picture = |piece: &&crate::record::PieceRecord| piece.role == "picture";
    let shown = start..start + shown.trim_end().len();
    let read = record.pieces.iter().filter(of_picture).any(|piece| piece.start < shown.end && shown.start < piece.end);
    Some(Beginning { words, read })
}

/// What was cut before `next`, without the word that the cut goes through; whole where that word is most of it, as an address may be, or
/// anything in a language that has no spaces.
fn at_a_word(cut: &str, next: char) -> &str {
    if next.is_whitespace() {
        return cut;
    }
    cut.rfind(char::is_whitespace).filter(|at| at * 2 >= cut.len()).map_or(cut, |at| &cut[..at])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn record(published: &str, pieces: &[(&str, usize, usize)]) -> CaseRecord {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|(role, start, end)| serde_json::json!({"role": role, "author": null, "start": start, "end": end}))
            .collect();
        let json = serde_json::json!({"opened_ms": 1, "published": published, "pieces": pieces});
        serde_json::from_value(json).unwrap()
    }

    fn words(published: &str) -> Option<String> {
        of(&record(published, &[])).map(|beginning| beginning.words)
    }

    #[test]
    fn it_is_cut_at_a_word() {
        assert_eq!(words(" \n"), None);
        assert_eq!(words("  Two\n\nlines "), Some("Two lines".to_owned()));
        let line = "word ".repeat(16);
        assert_eq!(words(&line), Some(line.trim_end().to_owned()), "just as much as goes there");
        assert_eq!(words(&format!("{line}more")), Some(format!("{}…", line.trim_end())));
        assert_eq!(words(&format!("{}andmore", &line)), Some(format!("{}…", line.trim_end())));
        assert_eq!(words(&format!("{} abcdefghij", "x".repeat(75))), Some(format!("{}…", "x".repeat(75))));
        // A language without spaces, and a word without an end.
        assert_eq!(words(&format!("At {}", "y".repeat(200))), Some(format!("At {}…", "y".repeat(MOST - 3))));
        assert_eq!(words(&"字".repeat(200)), Some(format!("{}…", "字".repeat(MOST))));
    }

    #[test]
    fn what_was_read_off_a_picture_is_said_to_be_so() {
        let text =
            "  Look at this. The ministry opens the lock in March, it says here, and closes it again before the thaw.";
        let own = of(&record(text, &[("own", 2, 15), ("picture", 100, text.len())])).unwrap();
        assert!(!own.read, "what is shown ends before");
        assert!(of(&record(text, &[("own", 2, 15), ("picture", 16, text.len())])).unwrap().read);
        assert!(!of(&record(text, &[("own", 2, text.len())])).unwrap().read);
        assert!(!of(&record(text, &[])).unwrap().read);
    }

    #[test]
    fn no_word_of_it_stands_in_what_is_printed_for_debugging() {
        let beginning = of(&record("The old mill at Tarn", &[])).unwrap();
        assert_eq!(format!("{beginning:?}"), "Beginning { read: false, .. }");
    }
}
