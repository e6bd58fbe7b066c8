//! Key records in a file, as name servers have them: for keys that the DNS holds no more.
//!
//! ```text
//! $ORIGIN example.org.
//! 2023._domainkey  IN TXT ( "v=DKIM1; k=rsa; "
//!                           "p=MIIB..." )          ; until May 2024
//! old._domainkey.example.net. 3600 IN TXT "k=ed25519; p=..."
//! ```
//!
//! Names are read whole, but for those below an `$ORIGIN`. Records of other kinds are passed over. One name may stand more than once.

use std::collections::HashMap;

/// The key records of a file.
#[derive(Debug, Clone, Default)]
pub struct Zone(HashMap<String, Vec<String>>);

/// A line that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ZoneError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: &'static str,
}

/// A word of a line.
enum Word {
    Bare(String),
    Quoted(String),
}

impl Zone {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ZoneError`]: a quotation or a bracket that is not closed, a name without its domain, a file without a key.
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        let mut zone = Self::default();
        let mut origin: Option<String> = None;
        let (mut words, mut depth, mut first) = (Vec::new(), 0_u32, 1);
        let mut last = 1;
        for (line, number) in text.lines().zip(1..) {
            if depth == 0 {
                first = number;
            }
            last = number;
            split(line, number, &mut words, &mut depth)?;
            if depth == 0 {
                zone.record(&std::mem::take(&mut words), first, &mut origin)?;
            }
        }
        if depth > 0 {
            return Err(ZoneError { line: first, what: "a bracket is not closed" });
        }
        if zone.0.is_empty() {
            return Err(ZoneError { line: last, what: "no key record: NAME IN TXT \"...\"" });
        }
        Ok(zone)
    }

    /// The records under a selector of a domain.
    #[must_use]
    pub fn records(&self, selector: &str, domain: &str) -> &[String] {
        self.0.get(&name(selector, domain)).map_or(&[], Vec::as_slice)
    }

    fn record(&mut self, words: &[Word], line: usize, origin: &mut Option<String>) -> Result<(), ZoneError> {
        let Some(Word::Bare(owner)) = words.first() else { return Ok(()) };
        if owner.eq_ignore_ascii_case("$ORIGIN") {
            if let Some(Word::Bare(domain)) = words.get(1) {
                *origin = Some(domain.trim_end_matches('.').to_ascii_lowercase());
            }
            return Ok(());
        }
        let is_txt = |word: &Word| matches!(word, Word::Bare(bare) if bare.eq_ignore_ascii_case("TXT"));
        let from = match words[1..].iter().position(is_txt) {
            Some(at) => at + 2,
            // The shortest form: a name and its text.
            None if matches!(words.get(1), Some(Word::Quoted(_))) => 1,
            None => return Ok(()),
        };
        let strings = words[from..].iter().map(|word| match word {
            Word::Bare(text) | Word::Quoted(text) => text.as_str(),
        });
        let text: String = strings.collect();
        let owner = owner.to_ascii_lowercase();
        let whole = match (owner.strip_suffix('.'), origin) {
            (Some(whole), _) => whole.to_owned(),
            (None, Some(origin)) => format!("{owner}.{origin}"),
            (None, None) if owner.ends_with("._domainkey") => {
                return Err(ZoneError {
                    line,
                    what: "the name has no domain: write it whole, or a line $ORIGIN before it",
                });
            }
            (None, None) => owner,
        };
        if whole.contains("._domainkey.") {
            self.0.entry(whole).or_default().push(text);
        }
        Ok(())
    }
}

/// Under which name a selector's key stands in the DNS (RFC 6376, section 3.6.2.1).
#[must_use]
pub fn name(selector: &str, domain: &str) -> String {
    format!("{selector}._domainkey.{domain}").to_ascii_lowercase()
}

/// The words of a line; a comment begins with `;`.
fn split(line: &str, number: usize, words: &mut Vec<Word>, depth: &mut u32) -> Result<(), ZoneError> {
    let wrong = |what| Err(ZoneError { line: number, what });
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '(' => *depth += 1,
            ')' if *depth == 0 => return wrong("a bracket is closed that was not opened"),
            ')' => *depth -= 1,
            '"' => {
                let mut text = String::new();
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => text.extend(chars.next()),
                        Some(c) => text.push(c),
                        None => return wrong("a quotation is not closed"),
                    }
                }
                words.push(Word::Quoted(text));
            }
            c if c.is_whitespace() => {}
            c => {
                let mut word = c.to_string();
                while let Some(c) = chars.next_if(|c| !c.is_whitespace() && !matches!(c, ';' | '(' | ')' | '"')) {
                    word.push(c);
                }
                words.push(Word::Bare(word));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn files() {
        let text = "; keys of before\n$ORIGIN example.org.\n2023._domainkey\tIN\tTXT\t( \"v=DKIM1; k=rsa; \"\n\t  \"p=abc\" )  ; ----- DKIM key\n\
            old._DomainKey.example.net. 3600 IN TXT \"k=ed25519; p=x\"\nold._domainkey.example.net. \"p=y\"\nwww 60 IN A 192.0.2.1\nx TXT \"no key\"\n";
        let zone = Zone::parse(text).expect("a zone");
        assert_eq!(zone.records("2023", "example.org"), ["v=DKIM1; k=rsa; p=abc"]);
        assert_eq!(zone.records("OLD", "Example.net"), ["k=ed25519; p=x", "p=y"]);
        assert!(zone.records("other", "example.org").is_empty());
        for (text, line) in [
            ("", 1),
            ("a._domainkey TXT \"p=x\"", 1),
            ("\na._domainkey.b.c. TXT \"p=x", 2),
            ("a._domainkey.b.c. TXT ( \"p=x\"\n\n", 1),
            ("a._domainkey.b.c. TXT )", 1),
            ("www.example.org. A 192.0.2.1\n", 1),
        ] {
            assert_eq!(Zone::parse(text).map(|_| ()).map_err(|error| error.line), Err(line), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read(text in "([a-z]\\._domainkey\\.b\\. |TXT |IN |\\(|\\)|\"|;|\\\\|\n|\\$ORIGIN |é){0,30}") {
            let _ = Zone::parse(&text);
        }
    }
}
