//! Differences lit in a text: a numbered link to the list, and words for those who do not see colours.

use countermark_statement::{Change, ChangeKind};
use maud::{Markup, html};

use crate::words::{Value, Words};

/// Which of the two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Published,
    Sent,
}

/// A stretch of a text, in bytes, and the difference that it shows (its place in the list, from 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Light {
    from: usize,
    to: usize,
    change: usize,
}

/// Where the differences stand in the post's text. What does not lie between its characters, or on top of another, is not lit.
pub(super) fn in_post(changes: &[Change], text: &str) -> Vec<Light> {
    let lights = changes.iter().enumerate().filter_map(|(change, one)| {
        let (from, to) = one.at?;
        (from <= to && to <= text.len()).then_some(Light { from, to, change })
    });
    apart(lights.collect(), text)
}

/// Where they stand in a part: where what was sent first stands, and no other difference is.
pub(super) fn in_part(changes: &[Change], number: u32, text: &str) -> Vec<Light> {
    let mut lights: Vec<Light> = Vec::new();
    for (change, one) in changes.iter().enumerate().filter(|(_, one)| one.part == Some(number)) {
        // It may go on into the part behind; what stands here is lit.
        let Some(sent) = one.sent.as_deref().map(str::trim).filter(|sent| !sent.is_empty()) else { continue };
        let place = text
            .match_indices(sent)
            .map(|(from, _)| (from, from + sent.len()))
            .find(|(from, to)| lights.iter().all(|other| *to <= other.from || *from >= other.to))
            .or_else(|| beginning(text, sent));
        if let Some((from, to)) = place {
            lights.push(Light { from, to, change });
        }
    }
    apart(lights, text)
}

/// The end of `text` with which `sent` begins, where it is more than a few letters.
fn beginning(text: &str, sent: &str) -> Option<(usize, usize)> {
    let text = text.trim_end();
    let first: String = sent.chars().take(12).collect();
    let from = text.rfind(&first)?;
    sent.starts_with(&text[from..]).then_some((from, text.len()))
}

/// In order, none over another, each between characters.
fn apart(mut lights: Vec<Light>, text: &str) -> Vec<Light> {
    lights.sort_by_key(|light| (light.from, light.to));
    let mut end = 0;
    lights.retain(|light| {
        let fits = light.from >= end && text.is_char_boundary(light.from) && text.is_char_boundary(light.to);
        if fits {
            end = light.to;
        }
        fits
    });
    lights
}

/// The text with its lights. Its own characters stand in the page as they are; every added word is in `.unseen` or `sup`.
pub(super) fn light(words: &Words, text: &str, lights: &[Light], changes: &[Change], side: Side) -> Markup {
    let mut pieces: Vec<Markup> = Vec::with_capacity(lights.len() * 2 + 1);
    let mut end = 0;
    for light in lights {
        let Some(change) = changes.get(light.change) else { continue };
        pieces.push(html! { (text[end..light.from]) });
        pieces.push(lit(words, &text[light.from..light.to], change.kind, light.change + 1, side));
        end = light.to;
    }
    html! { @for piece in &pieces { (piece) } (text[end..]) }
}

fn lit(words: &Words, text: &str, kind: ChangeKind, number: usize, side: Side) -> Markup {
    let before = html! { span.unseen { "[" (spoken(words, kind)) " " } };
    let after = html! {
        span.unseen { " " (words.with("lit-end", [("n", Value::number(number as u64))])) "]" }
        sup { a href=(format!("#difference-{number}")) { (number) } }
    };
    html! {
        @if text.is_empty() {
            mark.gap { (before) (after) }
        } @else {
            @match (kind, side) {
                (ChangeKind::Added, _) => ins { (before) (text) (after) },
                (ChangeKind::Omitted, Side::Sent) => del { (before) (text) (after) },
                _ => mark { (before) (text) (after) },
            }
        }
    }
}

fn spoken(words: &Words, kind: ChangeKind) -> String {
    match kind {
        ChangeKind::Added => words.say("lit-added"),
        ChangeKind::Changed => words.say("lit-changed"),
        ChangeKind::Moved => words.say("lit-moved"),
        ChangeKind::Omitted => words.say("lit-omitted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn change(kind: ChangeKind, part: Option<u32>, sent: Option<&str>, at: Option<(usize, usize)>) -> Change {
        Change { kind, part, sent: sent.map(str::to_owned), published: None, at }
    }

    #[test]
    fn the_text_stands_as_it_is_between_the_lights() {
        let text = "We <never> said é so.";
        let changes = [
            change(ChangeKind::Changed, None, Some("x"), Some((3, 10))),
            change(ChangeKind::Added, None, None, Some((16, 18))),
            change(ChangeKind::Omitted, None, Some("y"), Some((18, 18))),
        ];
        let lights = in_post(&changes, text);
        assert_eq!(lights.len(), 3);
        let page = light(Language::English.words(), text, &lights, &changes, Side::Published).into_string();
        for piece in
            ["We <mark>", "&lt;never&gt;", "<ins>", "é", "<mark class=\"gap\">", "href=\"#difference-3\"", " so."]
        {
            assert!(page.contains(piece), "{piece}: {page}");
        }
        assert!(!page.contains("<never>"));
    }

    #[test]
    fn places_that_are_none_are_not_lit() {
        let text = "é and é";
        for (from, to) in [(1, 3), (0, 1), (0, 99), (5, 2), (usize::MAX, usize::MAX)] {
            assert!(in_post(&[change(ChangeKind::Added, None, None, Some((from, to)))], text).is_empty());
        }
        let over =
            [change(ChangeKind::Added, None, None, Some((0, 6))), change(ChangeKind::Added, None, None, Some((3, 6)))];
        assert_eq!(in_post(&over, text).len(), 1);
    }

    #[test]
    fn what_was_sent_twice_is_lit_twice() {
        let changes = [
            change(ChangeKind::Changed, Some(2), Some("the sea"), None),
            change(ChangeKind::Omitted, Some(2), Some("the sea"), None),
            change(ChangeKind::Omitted, Some(3), Some("the sea"), None),
            change(ChangeKind::Omitted, Some(2), Some("no such words"), None),
        ];
        let lights = in_part(&changes, 2, "the sea and the sea");
        assert_eq!(lights.iter().map(|light| (light.from, light.change)).collect::<Vec<_>>(), [(0, 0), (12, 1)]);
    }

    #[test]
    fn what_goes_on_into_the_next_part_is_lit_to_its_end() {
        let changes = [change(ChangeKind::Omitted, Some(1), Some("we may yet refuse. And so on."), None)];
        let lights = in_part(&changes, 1, "I think we may yet refuse. ");
        assert_eq!(lights, [Light { from: 8, to: 26, change: 0 }]);
    }
}
