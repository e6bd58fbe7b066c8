//! A document as it came, whatever it is: its text as a report is read.

use crate::{Article, article, decode};

/// A document's text, and what a page says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The text that a report is read from: of a page its headline and its article.
    pub text: String,
    /// The article, where the document is a page.
    pub article: Option<Article>,
}

/// Reads a document from bytes: decodes it, and takes the article out of a page. Whether it is a page, `content_type` says, or its
/// first bytes where that says nothing. `base` is its address.
pub fn document(bytes: &[u8], content_type: Option<&str>, base: Option<&str>) -> Document {
    let bytes = &bytes[..bytes.len().min(crate::LONGEST_PAGE)];
    let text = decode(bytes, content_type);
    if !is_page(&text, content_type) {
        return Document { text: text.replace("\r\n", "\n"), article: None };
    }
    let article = article(&text, base);
    let mut text = article.text();
    if let Some(title) = &article.title {
        text = if text.is_empty() { title.clone() } else { format!("{title}\n\n{text}") };
    }
    Document { text, article: Some(article) }
}

/// How far into a text its marks as a page are looked for.
const HEAD: usize = 2048;

fn is_page(text: &str, content_type: Option<&str>) -> bool {
    let kind = content_type.and_then(|value| value.split(';').next()).map(|kind| kind.trim().to_ascii_lowercase());
    match kind.as_deref() {
        Some("text/html" | "application/xhtml+xml") => true,
        Some("" | "application/octet-stream") | None => {
            let head = crate::html::cut(text.trim_start(), HEAD).to_ascii_lowercase();
            let begins = ["<!doctype html", "<html", "<head", "<body", "<article", "<!--", "<?xml"]
                .iter()
                .any(|mark| head.starts_with(mark));
            begins
                && ["<html", "<head", "<body", "<article", "<!doctype html", "<p"]
                    .iter()
                    .any(|mark| head.contains(mark))
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn pages_and_texts() {
        let page = "<!doctype html><title>UPDATE 1-No</title><article><h1>UPDATE 1-No</h1><p>Arne Holm said: “No.”</p></article>";
        let cases = [
            (page, None, "UPDATE 1-No\n\nArne Holm said: “No.”"),
            (page, Some("text/html; charset=utf-8"), "UPDATE 1-No\n\nArne Holm said: “No.”"),
            (page, Some("text/plain"), page),
            ("One.\r\nTwo <b>.", None, "One.\nTwo <b>."),
            ("", None, ""),
            ("<title>Only</title>", Some("text/html"), "Only"),
        ];
        for (bytes, content_type, text) in cases {
            let found = document(bytes.as_bytes(), content_type, None);
            assert_eq!(found.text, text);
            assert_eq!(found.article.is_some(), text != bytes.replace("\r\n", "\n"));
        }
    }
}
