//! Screenshots: read by Tesseract, before any passphrase is asked for.

use std::path::{Path, PathBuf};

use countermark_ocr::{Limits, Read, Reader};
use countermark_tracing::Leak;
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};
use crate::terminal;

/// What was read of a picture.
pub struct Picture {
    read: Read,
    confidences: Vec<(std::ops::Range<usize>, u8)>,
}

/// Reads all pictures; the first that can't be read ends it.
pub fn read_all(files: &[PathBuf], languages: &[String]) -> Outcome<Vec<Picture>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
    let reader = Reader::new("tesseract", &languages, Limits::default())?;
    files.iter().map(|file| read(&reader, file)).collect()
}

fn read(reader: &Reader, file: &Path) -> Outcome<Picture> {
    let bytes = terminal::read_limited(file, Limits::default().bytes as u64)?;
    let read = reader.read(&bytes).map_err(|e| Failure::from(e).about(&terminal::name_of(file)))?;
    if read.words.is_empty() {
        terminal::note(&format!("note: no text was read in {}", terminal::name_of(file)));
    }
    let confidences = read.words.iter().map(|word| (word.range.clone(), word.confidence)).collect();
    Ok(Picture { read, confidences })
}

impl Picture {
    /// The text as tracing takes it.
    pub fn leak(&self) -> Leak<'_> {
        Leak::with_confidences(&self.read.text, &self.confidences)
    }

    /// What was read, for a person: he sees at once where the reader went wrong.
    pub fn shown(&self) -> String {
        let (words, sure) = (self.read.words.len(), self.read.confidence);
        if words == 0 {
            return "read in the picture: nothing".to_owned();
        }
        format!("read in the picture, {words} words, {sure} % sure:\n{}", terminal::barred("", &self.read.text))
    }

    /// The same in figures.
    pub fn json(&self) -> Value {
        json!({ "words": self.read.words.len(), "confidence": self.read.confidence })
    }
}
