//! What was written, and beside it what was published: the office's own words come first in the page, whatever shows or reads it.

use countermark_statement::{Change, ChangeKind, Kind, Opened, Part, Post, Statement, Version};
use maud::{Markup, html};

use super::lit::{Side, in_part, in_post, light};
use super::{caution, time};
use crate::scene::Scene;
use crate::words::{Value, Words};

/// Bytes of a post's text that the page shows.
const SHOWN: usize = 32 << 10;

/// Both sides, as far as there are two.
pub(super) fn compare(scene: &Scene<'_>, statement: &Statement, version: &Version) -> Markup {
    let words = scene.words;
    if version.post.is_none() && version.opened.is_none() {
        return html! {};
    }
    html! {
        section.comparison aria-labelledby="compared" {
            h2.unseen #compared { (words.say("compared")) }
            div.beside {
                @match (&version.opened, version.kind) {
                    (Some(opened), _) => (written(words, version, opened, scene.published.shows_own_copy(&statement.id, version))),
                    (None, Kind::Invented) => section.written {
                        h3 { (words.say("never-written")) }
                        p { (words.say("never-written-text")) }
                    },
                    (None, _) => {},
                }
                @if let Some(post) = &version.post { (published(words, version, post)) }
            }
            @if version.kind == Kind::Reworded { p.hint { (words.say("reworded-text")) } }
            @if !version.changes.is_empty() && version.post.is_some() { p.hint { (words.say("legend")) } }
        }
    }
}

fn published(words: &Words, version: &Version, post: &Post) -> Markup {
    html! {
        section.published {
            h3 {
                @match &post.source {
                    Some(source) => bdi { (words.with("published-by", [("source", Value::from(source.as_str()))])) },
                    None => (words.say("published-text")),
                }
            }
            @match &post.text {
                Some(text) => {
                    @let shown = head(text);
                    blockquote.letter dir="auto" { (light(words, shown, &in_post(&version.changes, shown), &version.changes, Side::Published)) }
                    @if shown.len() < text.len() { p.hint { (words.with("cut", [("kb", Value::number(SHOWN as u64 >> 10))])) } }
                    (caution(words, shown))
                },
                None => p.hint { (words.say("post-hidden")) },
            }
            (facts(words, post))
        }
    }
}

/// As much of a text as the page shows, cut between characters.
fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(SHOWN)]
}

fn facts(words: &Words, post: &Post) -> Markup {
    html! {
        dl.facts {
            @if post.source.is_some() || post.url.is_some() {
                dt { (words.say("post-source")) }
                dd {
                    @if let Some(source) = &post.source { bdi { (source) } @if post.url.is_some() { br; } }
                    @if let Some(url) = &post.url { (address(words, url)) }
                }
            }
            @if let Some(author) = &post.author { dt { (words.say("post-author")) } dd { bdi { (author) } } }
            @if let Some(at) = post.published_at {
                dt { (words.say("post-published")) }
                dd { (time(words, at)) (words.say("own-word")) }
            }
            dt { (words.say("post-captured")) }
            dd { (time(words, post.captured_at)) }
            @if let Some(sha256) = &post.sha256 { dt { (words.say("post-hash")) } dd { code { (sha256) } } }
        }
    }
}

/// An address of the web as a link that tells its target nothing; any other is text.
fn address(words: &Words, url: &str) -> Markup {
    let lower = url.to_ascii_lowercase();
    let plain = url.chars().all(|c| !c.is_whitespace() && !c.is_control());
    html! {
        @if plain && (lower.starts_with("https://") || lower.starts_with("http://")) {
            a.url href=(url) rel="nofollow noopener noreferrer external" { bdi { (url) } }
        } @else {
            code.url title=(words.say("post-link")) { bdi { (url) } }
        }
    }
}

fn written(words: &Words, version: &Version, opened: &Opened, own_copy: bool) -> Markup {
    let open = opened.parts.iter().filter(|part| part.text.is_some()).count();
    let closed = opened.parts.len() - open;
    let texts: String = opened.parts.iter().filter_map(|part| part.text.as_deref()).collect();
    html! {
        section.written {
            h3 { (words.say("written-text")) }
            div.letter #letter lang=(version.language) dir="auto" {
                @for paragraph in paragraphs(&opened.parts) {
                    p { @for part in paragraph { (piece(words, version, part)) } }
                }
            }
            p.hint {
                (words.with("holes", [
                    ("open", Value::number(open as u64)),
                    ("closed", Value::number(closed as u64)),
                    ("all", Value::number(opened.parts.len() as u64)),
                ]))
            }
            @if own_copy { p.hint { (words.say("own-copy")) } }
            (caution(words, &texts))
            @if let Some(reference) = &opened.reference {
                p.hint { (words.with("reference", [("reference", Value::from(reference.as_str()))])) }
            }
        }
    }
}

/// The parts, cut where a new paragraph begins.
fn paragraphs(parts: &[Part]) -> Vec<&[Part]> {
    let mut cut: Vec<usize> = (1..parts.len()).filter(|i| parts[*i].paragraph).collect();
    cut.insert(0, 0);
    cut.push(parts.len());
    cut.windows(2).map(|ends| &parts[ends[0]..ends[1]]).filter(|parts| !parts.is_empty()).collect()
}

fn piece(words: &Words, version: &Version, part: &Part) -> Markup {
    let number = u64::from(part.number);
    let label = words.with("part-number", [("n", Value::number(number))]);
    match &part.text {
        Some(text) => {
            let text = text.trim_end_matches(['\n', '\r']);
            let lights = in_part(&version.changes, part.number, text);
            html! {
                span.number { span.unseen { (label) } span aria-hidden="true" { (number) } }
                span.part data-part=(number) dir="auto" { (light(words, text, &lights, &version.changes, Side::Sent)) }
            }
        }
        None => html! {
            span.hole.{ "size-" (size(&part.words)) } data-part=(number) data-words=(part.words) {
                (words.with("hole", [("n", Value::number(number)), ("words", Value::from(length(words, &part.words)))]))
            }
            " "
        },
    }
}

/// A class of lengths, from 1.
pub(crate) fn size(class: &str) -> usize {
    countermark_statement::WORDS.iter().position(|one| *one == class).map_or(5, |place| place + 1)
}

fn length(words: &Words, class: &str) -> String {
    match size(class) {
        1 => words.say("words-1"),
        2 => words.say("words-2"),
        3 => words.say("words-3"),
        4 => words.say("words-4"),
        _ => words.say("words-5"),
    }
}

/// The differences as a list, to which the numbers in the texts lead.
pub(super) fn differences(scene: &Scene<'_>, version: &Version) -> Markup {
    let words = scene.words;
    // That nothing differs can be said only of texts that were laid over one another word by word.
    let compared = version.kind == Kind::Leak || !version.changes.is_empty();
    if version.opened.is_none() || version.post.is_none() || !compared {
        return html! {};
    }
    html! {
        section.differences aria-labelledby="differences" {
            h2 #differences { (words.say("differences")) }
            @if version.changes.is_empty() { p { (words.say("same")) } } @else {
                ol {
                    @for (place, change) in version.changes.iter().enumerate() {
                        li id=(format!("difference-{}", place + 1)) tabindex="-1" { (difference(words, version, change)) }
                    }
                }
            }
        }
    }
}

fn difference(words: &Words, version: &Version, change: &Change) -> Markup {
    let kind = match change.kind {
        ChangeKind::Added => words.say("change-added"),
        ChangeKind::Changed => words.say("change-changed"),
        ChangeKind::Moved => words.say("change-moved"),
        ChangeKind::Omitted => words.say("change-omitted"),
    };
    let text = |text: &Option<String>| match text {
        Some(text) => html! { q lang=(version.language) dir="auto" { (text.trim()) } },
        None => html! { span.quiet { (words.say("change-none")) } },
    };
    html! {
        strong { (kind) }
        @if let Some(part) = change.part { " · " (words.with("part-number", [("n", Value::number(part))])) }
        dl {
            @if change.kind != ChangeKind::Added { dt { (words.say("change-sent")) } dd { (text(&change.sent)) } }
            @if change.kind != ChangeKind::Omitted && (change.published.is_some() || version.post.as_ref().is_some_and(|post| post.text.is_some())) {
                dt { (words.say("change-published")) } dd { (text(&change.published)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn only_an_address_of_the_web_is_a_link() {
        for (url, link) in [
            ("https://t.example/a?b=1&c=<2>", true),
            ("http://t.example/", true),
            ("HTTPS://T.example/a", true),
            ("https://t.example/a\"onclick=\"x", true),
            ("javascript:alert(1)", false),
            ("JaVaScRiPt:alert(1)//https://", false),
            ("java\tscript:alert(1)", false),
            (" javascript:alert(1)", false),
            ("https://t.example/a b", false),
            ("data:text/html,x", false),
            ("//evil.example/x", false),
            ("/statements/x", false),
            ("file:///etc/passwd", false),
            ("", false),
        ] {
            let shown = address(Language::English.words(), url).into_string();
            assert_eq!(shown.contains("<a "), link, "{url}");
            assert!(!shown.contains("\"onclick") && !shown.to_lowercase().contains("href=\"javascript"), "{shown}");
        }
    }

    #[test]
    fn paragraphs_are_the_letters() {
        let part = |number, paragraph| Part { number, words: "1-5".into(), text: None, paragraph };
        let cut = |flags: &[bool]| {
            let parts: Vec<Part> = (1..).zip(flags).map(|(number, flag)| part(number, *flag)).collect();
            paragraphs(&parts).iter().map(|parts| parts.len()).collect::<Vec<_>>()
        };
        assert_eq!(cut(&[]), [0; 0]);
        assert_eq!(cut(&[true]), [1]);
        assert_eq!(cut(&[false, false, true, true, false]), [2, 1, 2]);
    }
}
