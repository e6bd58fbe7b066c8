//! Lists of tags and values, `v=1; a=rsa-sha256` (RFC 6376, section 3.2).

/// The tags in their order.
#[derive(Debug)]
pub(super) struct Tags(Vec<(String, String)>);

impl Tags {
    /// Reads a list. None for what is none: a tag without `=`, or one that stands twice.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut tags: Vec<(String, String)> = Vec::new();
        let mut pieces: Vec<&str> = text.split(';').collect();
        // One `;` may stand at the end.
        if pieces.last().is_some_and(|last| last.trim().is_empty()) {
            pieces.pop();
        }
        for piece in pieces {
            let (name, value) = piece.split_once('=')?;
            let name = name.trim();
            let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if !fits || !name.starts_with(|c: char| c.is_ascii_alphabetic()) || tags.iter().any(|(n, _)| n == name) {
                return None;
            }
            tags.push((name.to_owned(), value.trim().to_owned()));
        }
        Some(Self(tags))
    }

    /// A tag's value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The first tag's name.
    pub(super) fn first(&self) -> Option<&str> {
        self.0.first().map(|(name, _)| name.as_str())
    }
}

/// A value without the white space of its folding.
pub(super) fn compact(value: &str) -> String {
    value.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let tags = Tags::parse(" v=1; a = rsa-sha256;\r\n\tb=ab\r\n cd==;").expect("a list");
        assert_eq!((tags.get("v"), tags.get("a"), tags.get("x")), (Some("1"), Some("rsa-sha256"), None));
        assert_eq!(tags.get("b").map(compact).as_deref(), Some("abcd=="));
        assert_eq!(tags.first(), Some("v"));
        for text in ["v", "v=1; v=1", "1v=1", "v=1;;a=2", "ü=1", "=1"] {
            assert!(Tags::parse(text).is_none(), "{text}");
        }
    }
}
