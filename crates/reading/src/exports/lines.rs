//! Chats as text, a line for a message and more where it has line breaks: WhatsApp's export, and sigexport's.
//!
//! The date stands in front, in brackets or before ` - `; its form follows the telephone's language. A line that does not begin so
//! belongs to the message above it.

use super::dates::{Stamp, order};
use super::time::{Moment, number};
use super::{Archive, Edited, Error, Letter, Party, Place, Settings, Skipped, Why, is_mark};

/// Who has a longer name than this is a sentence.
const LONGEST_NAME: usize = 100;

/// The head of a message: its time, and what stands behind it.
pub(super) struct Head<'a> {
    pub(super) stamp: Stamp,
    /// Whether the date stood in brackets, as iPhones and sigexport write it.
    pub(super) brackets: bool,
    rest: &'a str,
}

/// A message as its lines stand.
struct Raw<'a> {
    head: Head<'a>,
    text: String,
}

pub(super) fn read(text: &str, settings: &Settings) -> Result<Archive, Error> {
    let mut archive = Archive::default();
    let mut raws: Vec<Raw<'_>> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if let Some(head) = head(line, number) {
            raws.push(Raw { text: head.rest.to_owned(), head });
        } else if let Some(last) = raws.last_mut() {
            last.text.push('\n');
            last.text.push_str(line);
        } else if !line.trim().is_empty() {
            archive.skipped.push(Skipped { place: Place::Line(number), why: Why::NoDate });
        }
    }
    let stamps: Vec<_> = raws.iter().map(|raw| raw.head.stamp).collect();
    if stamps.is_empty() {
        return Err(Error::Form { line: 1, column: 1, what: "no message begins with a date and a name" });
    }
    let (order, remark) = order(&stamps, settings.order)?;
    archive.remarks.extend(remark);
    for raw in raws {
        let place = Place::Line(raw.head.stamp.line);
        let written = raw.head.stamp.seconds(order).ok_or(Error::NoOrder { line: raw.head.stamp.line })?;
        match letter(&raw, Moment::local(written, settings.zone), place) {
            Ok(letter) => archive.letters.push(letter),
            Err(why) => archive.skipped.push(Skipped { place, why }),
        }
    }
    address(&mut archive.letters);
    Ok(archive)
}

/// A chat's letters go to the others who write in it.
pub(super) fn address(letters: &mut [Letter]) {
    let mut names: Vec<Party> = Vec::new();
    for letter in letters.iter() {
        if !names.contains(&letter.author) {
            names.push(letter.author.clone());
        }
    }
    for letter in letters {
        letter.recipients = names.iter().filter(|name| **name != letter.author).cloned().collect();
    }
}

fn letter(raw: &Raw<'_>, at: Moment, place: Place) -> Result<Letter, Why> {
    let (name, text) = split(&raw.text).ok_or(Why::Service)?;
    let (text, edited) = without_edit(text);
    let body = text.trim_matches(|c: char| is_mark(c) || c.is_whitespace());
    if is_deleted(body) {
        return Err(Why::Deleted);
    }
    let (body, attachments) = without_media(body);
    // The service's own words in place of a text begin with a mark of direction; nobody types one there.
    if text.trim_start().starts_with('\u{200e}') && attachments == 0 {
        return Err(Why::Service);
    }
    match (body.is_empty(), attachments) {
        (true, 0) => return Err(Why::Empty),
        (true, _) => return Err(Why::Media),
        _ => {}
    }
    Ok(Letter {
        direction: None,
        author: party(name),
        recipients: Vec::new(),
        at,
        thread: String::new(),
        subject: None,
        text: body,
        quoted: String::new(),
        signature: String::new(),
        edited: if edited { Edited::Yes } else { Edited::No },
        attachments,
        id: String::new(),
        place,
        item: [0; 32],
    })
}

fn party(name: &str) -> Party {
    let shown: String = name.trim().trim_start_matches('~').chars().filter(|c| !is_mark(*c)).collect();
    Party::named(shown.trim())
}

/// Name and text. A line of the service has no name; one that tells of a text in quotation marks has a colon in it all the same.
fn split(rest: &str) -> Option<(&str, &str)> {
    let line = rest.lines().next().unwrap_or_default();
    let at = line.find(": ").or_else(|| line.find(':').filter(|at| !line[at + 1..].starts_with("//")))?;
    let name = &line[..at];
    let fits = !name.trim_matches(|c: char| is_mark(c) || c.is_whitespace()).is_empty()
        && name.chars().count() <= LONGEST_NAME
        && !name.contains(['"', '“', '”', '„', '«', '»']);
    fits.then(|| (name, &rest[at + 1..]))
}

/// The note that a message was edited stands behind its text.
fn without_edit(text: &str) -> (&str, bool) {
    const NOTES: [&str; 6] = [
        "<This message was edited>",
        "<This message was edited.>",
        "<Diese Nachricht wurde bearbeitet.>",
        "<Ce message a été modifié>",
        "<Se editó este mensaje.>",
        "<Сообщение изменено>",
    ];
    let trimmed = text.trim_end();
    for note in NOTES {
        if let Some(before) = trimmed.strip_suffix(note) {
            return (before, true);
        }
    }
    // In every other language: a note in angle brackets after a mark of direction.
    match trimmed.strip_suffix('>').and_then(|inner| inner.rfind("\u{200e}<")) {
        Some(at) if !trimmed[..at].trim().is_empty() && !trimmed[at..].contains("attached:") => (&trimmed[..at], true),
        _ => (text, false),
    }
}

fn is_deleted(body: &str) -> bool {
    const NOTES: [&str; 8] = [
        "This message was deleted",
        "You deleted this message",
        "This message was deleted by admin",
        "Diese Nachricht wurde gelöscht",
        "Du hast diese Nachricht gelöscht",
        "Ce message a été supprimé",
        "Se eliminó este mensaje",
        "Данное сообщение удалено",
    ];
    NOTES.contains(&body.trim_end_matches('.'))
}

/// The text without the lines that stand for a picture or a file, and how many these are.
fn without_media(body: &str) -> (String, usize) {
    let media = body.lines().filter(|line| is_media(line)).count();
    if media == 0 {
        return (body.to_owned(), 0);
    }
    let kept: Vec<_> = body.lines().filter(|line| !is_media(line)).collect();
    (kept.join("\n").trim().to_owned(), media)
}

fn is_media(line: &str) -> bool {
    const OMITTED: [&str; 8] = [
        "<Media omitted>",
        "<Medien ausgeschlossen>",
        "<Médias omis>",
        "<Multimedia omitido>",
        "<Media weggelaten>",
        "<Arquivo de mídia oculto>",
        "<Без медиафайлов>",
        "<Media omessi>",
    ];
    const THINGS: [&str; 9] =
        ["image", "video", "audio", "sticker", "GIF", "document", "Contact card", "video note", "voice message"];
    let marked = line.trim_start().starts_with('\u{200e}');
    let line = line.trim_matches(|c: char| is_mark(c) || c.is_whitespace());
    let omitted = line.strip_suffix(" omitted").is_some_and(|thing| THINGS.contains(&thing));
    let attached = line.ends_with("(file attached)") || line.ends_with("(Datei angehängt)");
    // iPhones: `<attached: 00000012-PHOTO.jpg>`, in any language with the mark before it.
    let named = line.starts_with('<') && line.ends_with('>') && (line.starts_with("<attached: ") || marked);
    OMITTED.contains(&line) || attached || named || omitted
}

/// Whether a line begins a message, and which.
pub(super) fn head(line: &str, number: usize) -> Option<Head<'_>> {
    let line = line.trim_start_matches(is_mark);
    if let Some(inner) = line.strip_prefix('[') {
        let (date, rest) = inner.split_at_checked(inner.find(']').filter(|at| *at <= 40)?)?;
        let rest = rest.strip_prefix(']')?.strip_prefix(' ')?;
        return Some(Head { stamp: stamp(date, number)?, brackets: true, rest });
    }
    let at = line.find(" - ").filter(|at| *at <= 40)?;
    Some(Head { stamp: stamp(&line[..at], number)?, brackets: false, rest: &line[at + 3..] })
}

/// Reads `15/01/2024, 10:30`, `15.01.24, 10:30:00`, `1/15/24, 3:05 PM`, `2024-01-15 10:30`.
fn stamp(text: &str, line: usize) -> Option<Stamp> {
    let spaced = |c: char| c.is_whitespace() || c == '\u{202f}' || is_mark(c);
    let mut date = [0; 3];
    let mut rest = text;
    let mut between = '\0';
    let mut year_first = false;
    for (place, part) in date.iter_mut().enumerate() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..=4).contains(end))?;
        *part = number(&rest[..end])?;
        year_first |= place == 0 && end == 4;
        if (place == 1 && end > 2) || (place == 0 && end == 3) || (place == 2 && end == 3) {
            return None;
        }
        rest = &rest[end..];
        if place < 2 {
            let c = rest.chars().next().filter(|c| matches!(c, '/' | '.' | '-'))?;
            if place == 1 && c != between {
                return None;
            }
            between = c;
            rest = rest[1..].trim_start_matches(spaced);
        }
    }
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let rest = rest.trim_start_matches(|c: char| c == ',' || spaced(c));
    Some(Stamp { line, date, year_first, dots: between == '.', clock: clock(rest)? })
}

/// Reads `10:30`, `10:30:05`, `10.30`, and the halves of a day behind it.
fn clock(text: &str) -> Option<[u64; 3]> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(text.len());
    let digits = text[..end].trim_end_matches('.');
    let mut clock = [0; 3];
    let parts: Vec<_> = digits.split([':', '.']).collect();
    if !(2..=3).contains(&parts.len()) || parts.iter().any(|part| part.len() > 2) || parts[1].len() != 2 {
        return None;
    }
    for (place, part) in parts.iter().enumerate() {
        clock[place] = number(part)?;
    }
    let half: String = text[end..].chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    match half.as_str() {
        "" => {}
        "am" if clock[0] == 12 => clock[0] = 0,
        "pm" if clock[0] < 12 => clock[0] += 12,
        "am" | "pm" => {}
        _ => return None,
    }
    (clock[0] <= 23 && clock[1] <= 59 && clock[2] <= 60).then_some(clock)
}
