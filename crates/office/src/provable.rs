//! What can be refused before anything is published for a proof: a batch that went out early tells when somebody was about to prove.

use countermark_proof::OpeningError;
use countermark_proof::limits::{PUBLISHED_BYTES, ROW_SOURCE_BYTES, WORDS_BYTES};
use countermark_tlog::directory::Disk;

use crate::case::Kept;
use crate::messages::Opened;
use crate::prove::{ProveRequest, Shows};
use crate::record::RecipientRecord;
use crate::row::check_disclosed;
use crate::{Error, Office};

/// What a bundle was asked for, looked up.
pub(crate) struct Asked {
    pub(crate) kept: Option<Kept>,
    pub(crate) opened: Opened,
    /// The parts to open, from 1, ascending.
    pub(crate) parts: Vec<usize>,
}

impl<D: Disk + Clone> Office<D> {
    /// Refuses what no bundle can be made of: all that can be said without the log.
    ///
    /// # Errors
    /// No such message, case or part; [`Error::FieldValue`], [`Error::NameInWords`], [`Error::FutureCapture`],
    /// [`Error::LongForRow`], [`Error::Disclosed`], [`Error::RowMissing`], [`Error::Case`] and what else a row or a name lacks; the vault's.
    pub fn check_proof(&self, request: &ProveRequest<'_>) -> Result<(), Error> {
        self.asked(request).map(drop)
    }

    pub(crate) fn asked(&self, request: &ProveRequest<'_>) -> Result<Asked, Error> {
        let (kept, opened) = self.resolve(request.message)?;
        let count = opened.record.text.parts.len();
        let mut parts = request.parts.clone().unwrap_or_else(|| (1..=count).collect());
        parts.sort_unstable();
        parts.dedup();
        if let Some(part) = parts.iter().find(|part| !(1..=count).contains(*part)) {
            return Err(OpeningError::Part { part: *part, parts: count }.into());
        }
        if request.words.is_some_and(|words| words.len() > WORDS_BYTES) {
            return Err(Error::FieldValue { field: "statement".to_owned(), longest: WORDS_BYTES });
        }
        if let Some(capture) = request.capture {
            self.is_past(capture.at)?;
            if let Some(kept) = &kept {
                return Err(Error::Case {
                    case: kept.name(),
                    what: "it has its capture, and no other can stand in its bundle",
                });
            }
        }
        let asked = Asked { kept, opened, parts };
        match (request.shows, &asked.kept) {
            (Shows::Text, _) => {}
            (_, None) => return Err(Error::UnknownCase { given: request.message.to_owned() }),
            (_, Some(kept)) => self.check_row(request, kept, &asked)?,
        }
        Ok(asked)
    }

    /// Refuses a time of a capture, seconds since 1970, that has not come.
    pub(crate) fn is_past(&self, at: u64) -> Result<(), Error> {
        if at > self.now_ms() / 1000 { Err(Error::FutureCapture) } else { Ok(()) }
    }

    fn check_row(&self, request: &ProveRequest<'_>, kept: &Kept, asked: &Asked) -> Result<(), Error> {
        let Asked { opened, parts, .. } = asked;
        kept.copy()?;
        self.codes(&opened.id)?;
        check_disclosed(opened, kept, parts)?;
        fits("the published text".to_owned(), kept.record.published.len(), PUBLISHED_BYTES)?;
        for part in parts {
            let source = opened.record.text.parts.get(part - 1).map_or(0, |part| part.source.len());
            fits(format!("the source of part {part}"), source, ROW_SOURCE_BYTES)?;
        }
        if request.shows == Shows::Name {
            self.recipient_of(kept)?;
            self.approved_name(opened, kept)?;
        } else if opened.record.recipients.len() > 1
            && request.words.is_some_and(|words| says_name(words, &opened.record.recipients))
        {
            return Err(Error::NameInWords);
        }
        // What a verifier would say of it, before anything goes into the log for it.
        let (opening, row) = self.open_row(opened, kept, parts, request.shows)?;
        row.bits_missing(&opening).map_or(Ok(()), |bits| Err(Error::RowMissing { bits }))
    }
}

fn fits(what: String, found: usize, most: usize) -> Result<(), Error> {
    if found > most { Err(Error::LongForRow { what, found, most }) } else { Ok(()) }
}

/// Whether the name or the handle of a recipient stands in a text, word by word, whatever the case of its letters. A recipient
/// who has only a number has no name: the row itself says the copy's number.
fn says_name(text: &str, recipients: &[RecipientRecord]) -> bool {
    let said = words(text);
    let named = recipients.iter().filter_map(|recipient| Some([recipient.fields.get("name")?, &recipient.handle]));
    named
        .flatten()
        .map(|name| words(name))
        .any(|name| !name.is_empty() && said.windows(name.len()).any(|window| window == name))
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_name_is_found_word_by_word() {
        let one = |handle: &str, name: Option<&str>| RecipientRecord {
            handle: handle.to_owned(),
            fields: name.map(|name| ("name".to_owned(), name.to_owned())).into_iter().collect(),
        };
        let all = [one("ada.m", Some("Ada Marwitz")), one("7", None)];
        for text in ["It was ADA  MARWITZ.", "(ada-marwitz)", "the copy of ada.m,", "ADA.M"] {
            assert!(says_name(text, &all), "{text}");
        }
        for text in ["", "Adamarwitz", "the copy for 7", "Marwitz, Ada", "Ada"] {
            assert!(!says_name(text, &all), "{text}");
        }
    }
}
