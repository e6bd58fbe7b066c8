//! Whether a quotation stands in a message word for word. The trace finds eight words in a row and more; what is quoted is often shorter,
//! or has words left out where its marks say so, and is no invention for that.

use countermark_text::{TokenKind, tokens};

/// What parts two words in a [`Written`] text: no word holds it.
const BETWEEN: char = '\u{1}';

/// A text of the writer's, as its canonical words.
pub(super) struct Written(String);

impl Written {
    pub(super) fn of(text: &str) -> Self {
        Self(joined(text))
    }

    /// Whether the words of all pieces stand in it, in their order; without a gap except where the quotation says that there is one, by an
    /// ellipsis or brackets, or is broken by its attribution.
    pub(super) fn holds(&self, pieces: &[&str]) -> bool {
        let runs: Vec<String> =
            pieces.iter().flat_map(|piece| runs(piece)).map(joined).filter(|r| r.len() > 1).collect();
        let mut rest = self.0.as_str();
        for run in &runs {
            let Some(at) = rest.find(run.as_str()) else { return false };
            // The mark behind the run stands before the next word.
            rest = &rest[at + run.len() - BETWEEN.len_utf8()..];
        }
        !runs.is_empty()
    }
}

/// How many words a text has.
pub(super) fn count(text: &str) -> usize {
    tokens(text).filter(|token| token.kind == TokenKind::Word).count()
}

/// What stands between ellipses and brackets.
fn runs(piece: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut rest = piece;
    while let Some(at) = rest.find(['[', '…']).into_iter().chain(rest.find("...")).min() {
        runs.push(&rest[..at]);
        let mark = &rest[at..];
        let length = match mark.chars().next() {
            Some('[') => mark.find(']').map_or(mark.len(), |end| end + 1),
            Some('…') => '…'.len_utf8(),
            _ => "...".len(),
        };
        rest = &mark[length..];
    }
    runs.push(rest);
    runs
}

fn joined(text: &str) -> String {
    let mut joined = String::from(BETWEEN);
    for word in tokens(text).filter(|token| token.kind == TokenKind::Word) {
        joined.push_str(&word.canon);
        joined.push(BETWEEN);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_cut_and_broken_quotations_are_held() {
        let letter =
            "We will not agree to any tariff on timber before the autumn session has ended; keep this between us.";
        let written = Written::of(letter);
        for held in [
            vec!["any tariff on timber"],
            vec!["Keep this between us."],
            vec!["We will not agree … before the autumn session"],
            vec!["We will not agree [to it] before the autumn session..."],
            vec!["We will not agree,", "to any tariff"],
            vec![letter],
        ] {
            assert!(written.holds(&held), "{held:?}");
        }
        for not in [
            vec!["We will agree to any tariff"],
            vec!["ill not agree"],
            vec!["before the autumn session … any tariff"],
            vec!["any tariff on timber and fish"],
            vec!["…"],
            vec!["us us"],
            vec!["agree", "agree"],
        ] {
            assert!(!written.holds(&not), "{not:?}");
        }
        assert!(written.holds(&["to any", "tariff"]), "the next piece may follow at once");
    }
}
