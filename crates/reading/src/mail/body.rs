//! A mail's text: of parts that say the same the plain one, else what the HTML shows.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::html;

/// The text, and how many attachments it leaves aside.
pub(super) fn read(message: &Message<'_>) -> (String, usize) {
    let texts: Vec<_> = message.text_bodies().filter_map(text).collect();
    let texts: Vec<_> = texts.into_iter().filter(|text| !text.trim().is_empty()).collect();
    // Some programs send an empty plain part beside the HTML.
    let texts = if texts.is_empty() { message.html_bodies().filter_map(text).collect() } else { texts };
    (texts.join("\n"), message.attachment_count())
}

fn text(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Text(text) => {
            let kind = part.content_type();
            let has = |name: &str, value: &str| {
                kind.and_then(|kind| kind.attribute(name)).is_some_and(|found| found.eq_ignore_ascii_case(value))
            };
            let text = text.replace("\r\n", "\n");
            Some(if has("format", "flowed") { unflow(&text, has("delsp", "yes")) } else { text })
        }
        PartType::Html(page) => Some(html::plain(page)),
        _ => None,
    }
}

/// Joins the lines that a program broke (RFC 3676, section 4): those that end with a space, at one depth of quotation.
fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let bare = &line[depth..];
        let bare = bare.strip_prefix(' ').unwrap_or(bare);
        if open != Some(depth) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&">".repeat(depth));
            out.push_str(if depth > 0 { " " } else { "" });
        }
        // The line before a signature ends with a space and is not broken.
        let flows = bare.ends_with(' ') && bare != "-- ";
        out.push_str(if flows && delsp { &bare[..bare.len() - 1] } else { bare });
        open = flows.then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines() {
        for (flowed, delsp, text) in [
            ("one \ntwo\nthree\n", false, "one two\nthree"),
            ("> one \n> two\nthree \nfour", false, "> one two\nthree four"),
            ("> one \ntwo", false, "> one \ntwo"),
            ("yours,\n-- \nAda", false, "yours,\n-- \nAda"),
            ("an \ny", true, "any"),
            (" >no quotation", false, ">no quotation"),
            ("", false, ""),
        ] {
            assert_eq!(unflow(flowed, delsp), text, "{flowed:?}");
        }
    }
}
