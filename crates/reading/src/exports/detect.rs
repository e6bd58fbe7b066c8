//! Which kind of file it is, by its content.

use super::{Kind, is_mark, lines};

/// So much of a file is looked at.
const LOOK: usize = 64 << 10;

/// The kind of file that this is the beginning of; none where it is nothing that is known.
#[must_use]
pub fn detect(bytes: &[u8]) -> Option<Kind> {
    let begin = &bytes[..bytes.len().min(LOOK)];
    let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin);
    if begin.starts_with(b"From ") {
        return Some(Kind::Mbox);
    }
    // Old mail is in any character set, and what is looked for is ASCII.
    let text = String::from_utf8_lossy(begin);
    let text = text.trim_start_matches(|c: char| is_mark(c) || c.is_whitespace());
    match text.chars().next()? {
        '{' | '[' if text.contains("\"envelope\"") => return Some(Kind::SignalJson),
        '{' if text.contains("\"messages\"") || text.contains("\"chats\"") => return Some(Kind::TelegramJson),
        '{' if text.contains("\"about\"") && text.contains("\"personal_information\"") => {
            return Some(Kind::TelegramJson);
        }
        '<' if text.contains("from_name") || text.contains("\"history\"") || text.contains("pull_right date") => {
            return Some(Kind::TelegramHtml);
        }
        _ => {}
    }
    let heads = text.lines().take(20).find_map(|line| lines::head(line, 1));
    if let Some(head) = heads {
        let iso = head.stamp.year_first && head.brackets;
        let line = text.lines().find(|line| lines::head(line, 1).is_some()).unwrap_or_default();
        let seconds = line.split(']').next().unwrap_or_default().matches(':').count() == 2;
        let comma = line.split(']').next().unwrap_or_default().contains(',');
        // sigexport writes minutes after a comma, or seconds after a space; iPhones seconds after a comma.
        return Some(if iso && (!seconds || !comma) { Kind::SignalText } else { Kind::WhatsApp });
    }
    is_mail(text).then_some(Kind::Eml)
}

/// Two header fields, and one of them every letter has.
fn is_mail(text: &str) -> bool {
    const KNOWN: [&str; 14] = [
        "from",
        "to",
        "date",
        "subject",
        "message-id",
        "received",
        "return-path",
        "dkim-signature",
        "mime-version",
        "content-type",
        "delivered-to",
        "x-mailer",
        "reply-to",
        "sender",
    ];
    let mut known = 0;
    for line in text.lines().take_while(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else { return false };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return false;
        }
        known += usize::from(KNOWN.contains(&name.to_ascii_lowercase().as_str()));
    }
    known >= 2
}
