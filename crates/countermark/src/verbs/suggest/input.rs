//! A line that is being typed.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// The longest line: more than any wording.
const LONGEST: usize = 16 << 10;

/// A line of text and where the cursor stands in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    at: usize,
}

impl Input {
    /// A line with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Input {
        let text = text.into();
        Input { at: text.len(), text }
    }

    /// What stands in it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Up to the cursor.
    pub fn before(&self) -> &str {
        &self.text[..self.at]
    }

    /// Puts text at the cursor; what is no printable character, and what would be too long, is left out.
    pub fn insert(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()) {
            if self.text.len() < LONGEST {
                self.text.insert(self.at, c);
                self.at += c.len_utf8();
            }
        }
    }

    /// One character to the left.
    pub fn left(&mut self) {
        let mut cursor = GraphemeCursor::new(self.at, self.text.len(), true);
        self.at = cursor.prev_boundary(&self.text, 0).ok().flatten().unwrap_or(0);
    }

    /// One character to the right.
    pub fn right(&mut self) {
        let mut cursor = GraphemeCursor::new(self.at, self.text.len(), true);
        self.at = cursor.next_boundary(&self.text, 0).ok().flatten().unwrap_or(self.text.len());
    }

    /// To the beginning.
    pub fn home(&mut self) {
        self.at = 0;
    }

    /// To the end.
    pub fn end(&mut self) {
        self.at = self.text.len();
    }

    /// Deletes the character before the cursor.
    pub fn backspace(&mut self) {
        let end = self.at;
        self.left();
        self.text.replace_range(self.at..end, "");
    }

    /// Deletes the character at the cursor.
    pub fn delete(&mut self) {
        let start = self.at;
        self.right();
        self.text.replace_range(start..self.at, "");
        self.at = start;
    }

    /// Deletes everything before the cursor.
    pub fn clear(&mut self) {
        self.text.replace_range(..self.at, "");
        self.at = 0;
    }

    /// Deletes the word before the cursor.
    pub fn delete_word(&mut self) {
        let start = self.before().unicode_word_indices().next_back().map_or(0, |(at, _)| at);
        self.text.replace_range(start..self.at, "");
        self.at = start;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_by_what_is_seen() {
        let mut line = Input::new("né👩‍🚀e\u{301}x");
        line.left();
        line.left();
        assert_eq!(line.before(), "né👩‍🚀");
        line.backspace();
        assert_eq!(line.text(), "née\u{301}x");
        line.delete();
        assert_eq!(line.text(), "néx");
        line.home();
        line.left();
        line.insert("a\u{1b}[b\n");
        assert_eq!(line.text(), "a[bnéx");
        line.end();
        line.right();
        line.insert(" two words");
        line.delete_word();
        assert_eq!(line.text(), "a[bnéx two ");
        line.clear();
        assert_eq!((line.text(), line.before()), ("", ""));
        line.backspace();
        line.delete();
    }
}
