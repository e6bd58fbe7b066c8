//! What the desk can't do itself: whatever touches files, processes and the network. The binary brings it.

use countermark_ocr::{Limits, Read, Reader};
use countermark_office::Office;
use countermark_reading::Names;

/// The world around a desk. Errors are sentences for the person at the desk: no secret, text or name is in them.
pub trait Outside: Send + Sync {
    /// Opens the vault with an identity (the content of its file) for a person.
    ///
    /// # Errors
    /// Why it can't be opened.
    fn open(&self, identity: &str, who: &str) -> Result<Office, String>;

    /// Asks the office's time-stampers and witnesses about the newest checkpoint; says who gave nothing.
    fn ask_clocks(&self, office: &mut Office) -> Vec<String> {
        let _ = office;
        Vec::new()
    }

    /// Fetches a public page: its bytes as they came over the wire in a capture (WARC), and its article's text.
    ///
    /// # Errors
    /// Why it can't be had.
    fn fetch(&self, url: &str) -> Result<(Vec<u8>, String), String> {
        let _ = url;
        Err("this desk fetches no pages: paste the text, or drop a screenshot".to_owned())
    }

    /// Reads the text of a picture from outside, within limits, in a process of its own.
    ///
    /// # Errors
    /// Why there is none.
    fn read_picture(&self, picture: &[u8]) -> Result<Read, String> {
        let reader = Reader::new("tesseract", &["eng", "rus"], Limits::default()).map_err(|error| error.to_string())?;
        reader.read(picture).map_err(|error| error.to_string())
    }

    /// The names that the public knows the writer by: what is attributed to them is looked at.
    fn names(&self) -> Names {
        Names::new()
    }

    /// Why a copy is looked for in whatever a source brings; none for one without a standing reason.
    fn standing_reason(&self, source: &str) -> Option<String> {
        let _ = source;
        None
    }
}
