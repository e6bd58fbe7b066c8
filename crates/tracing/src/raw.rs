//! What a text looks like before normalisation: quotes, dashes, dots, line breaks, spaces, capitals.

/// How many kinds of features there are.
pub(crate) const KINDS: usize = 7;
const QUOTE: usize = 0;
const DASH: usize = 1;
const DOTS: usize = 2;
/// Line breaks.
pub(crate) const BREAK: usize = 3;
const SPACE: usize = 4;
const CASE: usize = 5;
const OTHER: usize = 6;

/// All that a stretch of text shows of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) shape: String,
    /// It has a form that a keyboard, a form field or a careless copyist makes plain.
    pub(crate) rich: bool,
}

/// The features of a stretch of raw text, one for each kind.
pub(crate) fn features(text: &str) -> [Feature; KINDS] {
    let mut all: [Feature; KINDS] = Default::default();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let (kind, rich) = match c {
            '\'' | '"' => (QUOTE, false),
            '‘' | '’' | '‚' | '‛' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '`' | '´' | '′' | '″' => {
                (QUOTE, true)
            }
            '-' => (DASH, chars.peek() == Some(&'-')),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => (DASH, true),
            '…' => (DOTS, true),
            '.' => (DOTS, false),
            c if c.is_whitespace() => {
                space(c, &mut chars, &mut all);
                continue;
            }
            c if c.is_alphabetic() => {
                let upper = c.is_uppercase();
                all[CASE].shape.push(if upper { 'U' } else { 'l' });
                all[CASE].rich |= upper;
                all[OTHER].shape.extend(c.to_lowercase());
                all[OTHER].rich |= !c.is_ascii();
                continue;
            }
            c => (OTHER, !c.is_ascii()),
        };
        all[kind].shape.push(c);
        all[kind].rich |= rich;
    }
    all
}

/// A run of white space: a line break, or a space of some form.
fn space(first: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, all: &mut [Feature; KINDS]) {
    let mut run = String::from(first);
    while let Some(c) = chars.next_if(|c| c.is_whitespace()) {
        run.push(c);
    }
    let breaks = run.matches('\n').count();
    if breaks > 0 {
        // Two breaks or more are a paragraph's end; how many blank lines show it is the platform's choice.
        all[BREAK].shape.push_str(if breaks == 1 { "/" } else { "//" });
        all[BREAK].rich = true;
        run = " ".into();
    }
    all[SPACE].rich |= run != " ";
    all[SPACE].shape.push_str(&run);
    all[SPACE].shape.push('|');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        for (a, b, kind) in [
            ("“Yes”", "\"Yes\"", QUOTE),
            ("a — b", "a - b", DASH),
            ("wait…", "wait...", DOTS),
            ("a b", "a\nb", BREAK),
            ("a b", "a\u{a0}b", SPACE),
            ("a  b", "a b", SPACE),
            ("President", "president", CASE),
            ("naive", "ｎaive", OTHER),
        ] {
            let (a, b) = (features(a), features(b));
            for k in 0..KINDS {
                assert_eq!(a[k] == b[k], k != kind, "kind {k} of {a:?} and {b:?}");
            }
        }
    }
}
