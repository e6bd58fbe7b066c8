//! What may stand in what is published: checked by whoever writes it, and again by whoever reads it.

use crate::limits::{
    ADDRESS, BUNDLE_BYTES, CHANGES, COMMENT_BYTES, COMMENTS, ID, INVITED, LINE, NAME, NOTE_BYTES, PART_BYTES, PARTS,
    POST_BYTES, RELATED, REPLIES, REPLY_BYTES, TEXT_BYTES, VERSIONS, WITNESSES,
};
use crate::{BundleFile, Change, ChangeKind, Fault, LANGUAGES, Opened, Post, Site, Slip, State, Version, WORDS};

/// Whether this can be a statement's name in addresses: 1 to 80 of `a-z`, `0-9` and `-`.
#[must_use]
pub fn is_id(id: &str) -> bool {
    (1..=ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A text from outside as it may be published: every character that must not stand in one gives way to white space of as many bytes, so
/// that no place in it moves.
#[must_use]
pub fn clean(text: &str) -> String {
    let kept = |c: char| match c {
        c if is_plain(c) => c,
        c if c.len_utf8() == 1 => ' ',
        c if c.len_utf8() == 2 => '\u{a0}',
        // The two separators, the only ones of three bytes.
        _ => '\u{2003}',
    };
    text.chars().map(kept).collect()
}

impl Version {
    /// Whether it is within the limits and contradicts itself nowhere.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self) -> Result<(), Fault> {
        if self.number == 0 || self.number as usize > VERSIONS {
            return Err(Fault::Number("number"));
        }
        language(&self.language)?;
        required_line("title", &self.title)?;
        optional_line("category", self.category.as_deref())?;
        required_line("byline", &self.byline)?;
        required_text("text", &self.text, TEXT_BYTES)?;
        match (self.number, &self.note) {
            (1, Some(_)) => return Err(Fault::Number("note")),
            (1, None) => {}
            (_, None) => return Err(Fault::Empty("note")),
            (_, Some(note)) => required_text("note", note, NOTE_BYTES)?,
        }
        if let Some(post) = &self.post {
            post.check()?;
        }
        if let Some(opened) = &self.opened {
            opened.check()?;
        }
        if self.changes.len() > CHANGES {
            return Err(Fault::Long("changes"));
        }
        let post = self.post.as_ref().and_then(|post| post.text.as_deref());
        self.changes.iter().try_for_each(|change| change.check(post, self.opened.as_ref()))?;
        // What is shown as opened is shown with its proof, or not at all.
        match (&self.bundle, &self.opened) {
            (Some(bundle), Some(_)) => bundle.check(),
            (None, None) => Ok(()),
            _ => Err(Fault::Bundle),
        }
    }
}

impl Post {
    fn check(&self) -> Result<(), Fault> {
        optional_line("source", self.source.as_deref())?;
        if let Some(url) = &self.url {
            address("url", url)?;
        }
        optional_line("author", self.author.as_deref())?;
        match (&self.sha256, &self.text) {
            (Some(sha256), Some(_)) => digest("sha256", sha256)?,
            (None, _) => {}
            (Some(_), None) => return Err(Fault::Value("sha256")),
        }
        self.text.as_ref().map_or(Ok(()), |text| required_text("post", text, POST_BYTES))
    }
}

impl Opened {
    fn check(&self) -> Result<(), Fault> {
        optional_line("reference", self.reference.as_deref())?;
        if self.parts.is_empty() {
            return Err(Fault::Empty("parts"));
        }
        if self.parts.len() > PARTS {
            return Err(Fault::Long("parts"));
        }
        for (number, part) in (1..).zip(&self.parts) {
            if part.number != number {
                return Err(Fault::Number("part"));
            }
            if !WORDS.contains(&part.words.as_str()) {
                return Err(Fault::Value("words"));
            }
            if let Some(words) = &part.text {
                text("part", words, PART_BYTES)?;
            }
        }
        Ok(())
    }

    fn is_open(&self, part: u32) -> bool {
        let index = part.checked_sub(1).map(|index| index as usize);
        index.and_then(|index| self.parts.get(index)).is_some_and(|part| part.text.is_some())
    }
}

impl Change {
    fn check(&self, post: Option<&str>, opened: Option<&Opened>) -> Result<(), Fault> {
        let open = |part| opened.is_some_and(|opened| opened.is_open(part));
        if !self.part.is_some_and(open) {
            return Err(Fault::Number("part"));
        }
        let sides = (self.sent.is_some(), self.published.is_some());
        let fits = match self.kind {
            ChangeKind::Added => !sides.0,
            ChangeKind::Omitted => sides.0 && !sides.1,
            ChangeKind::Changed | ChangeKind::Moved => sides.0,
        };
        if !fits {
            return Err(Fault::Value("kind"));
        }
        for words in [&self.sent, &self.published].into_iter().flatten() {
            text("change", words, PART_BYTES)?;
        }
        match (self.at, post) {
            (None, _) => {}
            (Some((from, to)), Some(post)) if post.get(from..to).is_some() => {}
            _ => return Err(Fault::Number("at")),
        }
        // The words of a post that the office would not repeat stand nowhere.
        if post.is_none() && self.published.is_some() { Err(Fault::Value("published")) } else { Ok(()) }
    }
}

impl BundleFile {
    fn check(&self) -> Result<(), Fault> {
        digest("sha256", &self.sha256)?;
        if self.bytes > BUNDLE_BYTES as u64 { Err(Fault::Long("bundle")) } else { Ok(()) }
    }
}

impl State {
    /// Whether it is within the limits.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self) -> Result<(), Fault> {
        let counts = [
            ("related", self.related.len(), RELATED),
            ("replies", self.replies.len(), REPLIES),
            ("comments", self.comments.len(), COMMENTS),
            ("invited", self.invited.len(), INVITED),
        ];
        if let Some((what, _, _)) = counts.into_iter().find(|(_, count, most)| count > most) {
            return Err(Fault::Long(what));
        }
        if !self.related.iter().all(|id| is_id(id)) {
            return Err(Fault::Value("related"));
        }
        for reply in &self.replies {
            required_line("name", &reply.name)?;
            required_text("reply", &reply.text, REPLY_BYTES)?;
        }
        for comment in &self.comments {
            short_line("name", &comment.name)?;
            required_text("comment", &comment.text, COMMENT_BYTES)?;
        }
        self.invited.iter().try_for_each(|invited| digest("invited", &invited.sha256))?;
        self.withdrawn.as_ref().map_or(Ok(()), |withdrawn| required_text("reason", &withdrawn.reason, NOTE_BYTES))
    }
}

impl Site {
    /// Whether it is within the limits.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self) -> Result<(), Fault> {
        line("name", &self.name)?;
        text("about", &self.about, NOTE_BYTES)?;
        if !LANGUAGES.contains(&self.language.as_str()) {
            return Err(Fault::Value("language"));
        }
        for (what, url) in [("address", &self.address), ("log_url", &self.log_url)] {
            if let Some(url) = url {
                address(what, url)?;
                if url.ends_with('/') || url.contains(['?', '#']) {
                    return Err(Fault::Value(what));
                }
            }
        }
        if let Some(contact) = &self.contact {
            text("contact", contact, NOTE_BYTES)?;
        }
        optional_line("log_key", self.log_key.as_deref())?;
        if self.witnesses.len() > WITNESSES {
            return Err(Fault::Long("witnesses"));
        }
        self.witnesses.iter().try_for_each(|key| required_line("witnesses", key))?;
        match &self.desk {
            Some(desk) if desk.parse::<age::x25519::Recipient>().is_err() => Err(Fault::Value("desk")),
            _ => Ok(()),
        }
    }
}

impl Slip {
    /// Whether it is within the limits: the pressroom asks before it takes it, the desk before it reads it.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self) -> Result<(), Fault> {
        let id = |id: &str| if is_id(id) { Ok(()) } else { Err(Fault::Value("statement")) };
        match self {
            Self::Comment { statement, name, text, .. } => {
                id(statement)?;
                short_line("name", name)?;
                required_text("text", text, COMMENT_BYTES)
            }
            Self::Reply { statement, token, text, .. } => {
                id(statement)?;
                if !(1..=128).contains(&token.len()) || !token.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    return Err(Fault::Value("token"));
                }
                required_text("text", text, REPLY_BYTES)
            }
        }
    }
}

/// A character of a text: no control character but tabulator and line feed, and no separator of lines or paragraphs.
fn is_plain(c: char) -> bool {
    matches!(c, '\n' | '\t') || !(c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// Characters that turn the direction of writing for what follows them: in a line they would make other lines lie.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn text(what: &'static str, text: &str, most: usize) -> Result<(), Fault> {
    if text.len() > most {
        return Err(Fault::Long(what));
    }
    if text.chars().all(is_plain) { Ok(()) } else { Err(Fault::Character(what)) }
}

fn required_text(what: &'static str, words: &str, most: usize) -> Result<(), Fault> {
    if words.trim().is_empty() {
        return Err(Fault::Empty(what));
    }
    text(what, words, most)
}

fn line(what: &'static str, line: &str) -> Result<(), Fault> {
    if line.len() > 4 * LINE || line.chars().count() > LINE {
        return Err(Fault::Long(what));
    }
    let fits = |c: char| is_plain(c) && !matches!(c, '\n' | '\t') && !turns(c);
    if line.chars().all(fits) { Ok(()) } else { Err(Fault::Character(what)) }
}

fn required_line(what: &'static str, words: &str) -> Result<(), Fault> {
    if words.trim().is_empty() { Err(Fault::Empty(what)) } else { line(what, words) }
}

fn optional_line(what: &'static str, words: Option<&str>) -> Result<(), Fault> {
    words.map_or(Ok(()), |words| required_line(what, words))
}

fn short_line(what: &'static str, words: &str) -> Result<(), Fault> {
    required_line(what, words)?;
    if words.chars().count() > NAME { Err(Fault::Long(what)) } else { Ok(()) }
}

/// A language's tag, as far as its characters go (BCP 47).
fn language(tag: &str) -> Result<(), Fault> {
    let subtag = |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    let fits = tag.len() <= 35 && tag.split('-').all(subtag) && tag.starts_with(|c: char| c.is_ascii_alphabetic());
    if fits { Ok(()) } else { Err(Fault::Value("language")) }
}

/// An address of a page: nothing that a browser would run, and nothing that leaves an attribute.
fn address(what: &'static str, url: &str) -> Result<(), Fault> {
    if url.len() > ADDRESS {
        return Err(Fault::Long(what));
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let odd =
        |c: char| c.is_whitespace() || c.is_control() || turns(c) || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`');
    if rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(odd)) {
        return Ok(());
    }
    Err(Fault::Value(what))
}

fn digest(what: &'static str, hex: &str) -> Result<(), Fault> {
    let fits = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if fits { Ok(()) } else { Err(Fault::Value(what)) }
}
