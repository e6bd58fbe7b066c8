//! What the desk can't do itself: whatever touches files, processes and the network. The binary brings it.

use countermark_office::Office;

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
}
