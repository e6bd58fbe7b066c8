//! The real things behind the seams: Tesseract, and the reading of quotations.

use std::ops::Range;
use std::process::{Command, Stdio};
use std::sync::Arc;

use countermark_ocr::{Error as OcrError, Limits, Reader};
use countermark_reading::{Names, attributed_to, report};

use crate::seams::{Attribute, PictureText, ReadPicture, Unread};

/// A reader of pictures for these languages.
///
/// # Errors
/// What is missing on this machine, and what to install.
pub fn pictures(languages: &[String]) -> Result<Arc<dyn ReadPicture>, String> {
    let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
    let reader = Reader::new("tesseract", &languages, Limits::default()).map_err(|e| e.to_string())?;
    // Asked now: a watcher that can't read pictures says so when it starts, and not of each picture.
    let there = Command::new("tesseract").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if there.is_err() {
        return Err(OcrError::Missing { command: "tesseract".to_owned() }.to_string());
    }
    Ok(Arc::new(Tesseract(reader)))
}

struct Tesseract(Reader);

impl ReadPicture for Tesseract {
    fn read(&self, bytes: &[u8]) -> Result<PictureText, Unread> {
        match self.0.read(bytes) {
            Ok(read) => {
                let words = read.words.iter().map(|word| (word.range.start, word.range.end, word.confidence)).collect();
                Ok(PictureText { text: read.text, words })
            }
            Err(OcrError::Failed { .. } | OcrError::Io { .. } | OcrError::Missing { .. }) => Err(Unread::Failed),
            Err(_) => Err(Unread::Never),
        }
    }
}

/// Who is said to have said what, as `reading` finds it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading;

impl Attribute for Reading {
    fn attributed(&self, text: &str, names: &[String]) -> Vec<Range<usize>> {
        // Few posts name the writer at all; only those are read. A surname is looked for without its ending, for some languages bend it.
        let lower = text.to_lowercase();
        if !names.iter().any(|name| lower.contains(&stem(name))) {
            return Vec::new();
        }
        let mut known = Names::new();
        for name in names {
            known.add::<&str>(name, []);
        }
        let report = report(text, &known);
        let attributed = attributed_to(&report, &known);
        let quoted = attributed.iter().filter_map(|one| report.quotations.get(one.quotation));
        quoted.map(|quotation| quotation.whole.clone()).collect()
    }
}

/// A name's last word in small letters, without its last two letters where five or more are left.
fn stem(name: &str) -> String {
    let surname: Vec<char> = name.split_whitespace().next_back().unwrap_or_default().to_lowercase().chars().collect();
    let kept = if surname.len() >= 7 { surname.len() - 2 } else { surname.len().min(4) };
    surname[..kept].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_of_a_named_person_only() {
        let names = ["Arne Holm".to_owned(), "Арне Хольм".to_owned()];
        let quoted = |text: &str| Reading.attributed(text, &names).len();
        assert_eq!(quoted("President Arne Holm said: “The harbour stays closed until spring.”"), 1);
        assert_eq!(quoted("«Гавань закрыта до весны», — написал Арне Хольм."), 1);
        assert_eq!(quoted("Ina Velt said: “The harbour stays closed until spring.”"), 0);
        assert_eq!(quoted("“The harbour stays closed until spring.”"), 0);
        assert_eq!(stem("Иван Хольмский"), "хольмск");
    }
}
