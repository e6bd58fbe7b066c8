//! The pages: one module each, over what they share.

mod after;
mod compare;
mod form;
mod frame;
mod front;
mod lit;
mod plain;
mod proof;
mod statement;

pub(crate) use compare::size;
pub(crate) use form::{COMMENT, CommentForm, Failing, REPLY, ReplyForm, comment_again, reply};
pub(crate) use front::{first_words, front, kind, path as sheet_path, sheets};
pub(crate) use plain::{Plain, plain};
pub(crate) use statement::statement;

use crate::words::Words;

/// Plain text as paragraphs: set apart by an empty line. Text of a version stands in the version's language.
fn paragraphs(text: &str) -> maud::Markup {
    maud::html! {
        @for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            p dir="auto" { (paragraph.trim_matches('\n')) }
        }
    }
}

/// Whether a text has characters that show nothing or turn the direction of reading.
fn hides(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    })
}

/// The caution beside such a text.
fn caution(words: &Words, text: &str) -> maud::Markup {
    maud::html! { @if hides(text) { p.hint { span.tag.wait { "!" } " " (words.say("unseen")) } } }
}

/// A moment in words, in an element that says it to programs too.
fn time(words: &Words, at: u64) -> maud::Markup {
    maud::html! { time datetime=(stamp(at)) { (words.moment(at)) } }
}

/// A day in words, likewise.
fn day(words: &Words, at: u64) -> maud::Markup {
    maud::html! { time datetime=(stamp(at)) { (words.date(at)) } }
}

/// RFC 3339.
pub(crate) fn stamp(at: u64) -> String {
    let (year, month, day) = crate::words::civil(at);
    let (hour, minute, second) = (at % 86_400 / 3600, at % 3600 / 60, at % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
