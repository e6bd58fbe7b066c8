//! What a source can look like: a copy's wording, and whether a text is one of its renderings.

use super::source::{Item, Source};
use crate::report::Reason;

/// The most places in a text that are kept at once: more than any honest source leads to.
const PLACES: usize = 4_096;

impl Source {
    /// The source with these symbols, one for each of its sites, and fields as `[name]`.
    pub(crate) fn render(&self, symbols: &[u8]) -> Option<String> {
        let mut text = String::new();
        for item in &self.items {
            match item {
                Item::Text(own) => text.push_str(own),
                Item::Site { site, alternatives } => {
                    text.push_str(alternatives.get(usize::from(*symbols.get(*site)?))?);
                }
                Item::Field(name) => text.push_str(&bracketed(name)),
            }
        }
        Some(text)
    }

    /// Whether the text is a rendering of the source, ties not looked at. `steps` is what may still be tried.
    ///
    /// # Errors
    /// [`Reason::RowLimits`] when more places would have to be kept, or more wordings tried, than a verifier does.
    pub(crate) fn renders(&self, text: &str, steps: &mut usize) -> Result<bool, Reason> {
        let mut places = vec![0];
        for item in &self.items {
            let field;
            let wordings: Vec<&str> = match item {
                Item::Text(own) => vec![own],
                Item::Site { alternatives, .. } => alternatives.iter().map(String::as_str).collect(),
                Item::Field(name) => {
                    field = bracketed(name);
                    vec![&field]
                }
            };
            *steps = steps.checked_sub(places.len() * wordings.len()).ok_or(Reason::RowLimits)?;
            places = step(text, &places, &wordings);
            if places.len() > PLACES {
                return Err(Reason::RowLimits);
            }
        }
        Ok(places.contains(&text.len()))
    }
}

/// The places that any of the wordings leads to from any of these, each once.
fn step(text: &str, places: &[usize], wordings: &[&str]) -> Vec<usize> {
    let mut next: Vec<usize> = places
        .iter()
        .flat_map(|&place| wordings.iter().map(move |wording| (place, wording)))
        .filter(|(place, wording)| text.as_bytes()[*place..].starts_with(wording.as_bytes()))
        .map(|(place, wording)| place + wording.len())
        .collect();
    next.sort_unstable();
    next.dedup();
    next
}

fn bracketed(name: &str) -> String {
    format!("[{name}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renderings_are_known_from_others() {
        let source = Source::read("Dear {=name}, {a|an|} {#1:x|xx}{#1:y|yy}.").expect("reads");
        assert_eq!(source.render(&[1, 0]).as_deref(), Some("Dear [name], an xy."));
        assert_eq!(source.render(&[3, 0]), None);
        assert_eq!(source.render(&[0]), None);
        for (text, expected) in [
            ("Dear [name], a xy.", true),
            ("Dear [name],  xxyy.", true),
            ("Dear [name], a xyy.", true),
            ("Dear Ines, a xy.", false),
            ("Dear [name], a xy", false),
            ("Dear [name], a xy..", false),
            ("", false),
        ] {
            assert_eq!(source.renders(text, &mut 1_000), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_source_that_leads_everywhere_is_refused() {
        let source = Source::read(&"{|a}".repeat(5_000)).expect("reads");
        assert_eq!(source.renders(&"a".repeat(5_000), &mut 100_000_000), Err(Reason::RowLimits));
        assert_eq!(source.renders("", &mut 10_000), Ok(true));
        assert_eq!(source.renders("", &mut 9_999), Err(Reason::RowLimits));
    }
}
