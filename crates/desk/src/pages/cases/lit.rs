//! What was sent beside what was published, the differences lit. No difference is told by colour alone: what was left out is struck, what
//! was put in underlined, what was moved marked, and each says so to a screen reader.

use std::ops::Range;

use countermark_tracing::{Change, ChangeKind, Trace, Tracer};
use maud::{Markup, html};

use super::words::{count, short};

/// Bytes of each side that a page shows.
const ROOM: usize = 20_000;

/// Longer stretches than this, in bytes, are folded where they say nothing about what was sent.
const LONG: usize = 700;

/// So much stays of a folded stretch at its ends.
const ENDS: usize = 160;

/// Changes that are told one by one.
const TOLD: usize = 40;

/// How a stretch is lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Light {
    Added,
    ChangedFrom,
    ChangedTo,
    /// Published, and no part of what comes from the message.
    Foreign,
    LeftOut,
    Moved,
    Same,
}

/// A stretch of one of the two texts.
#[derive(Debug, PartialEq, Eq)]
struct Stretch<'t> {
    light: Light,
    text: &'t str,
}

/// Both sides, and what is different in words.
pub(super) fn beside(tracer: &Tracer, trace: &Trace, published: &str, whole: &str) -> Markup {
    let sent = stretches(tracer.sent(), sent_lights(&trace.changes), Light::Same);
    let passages = trace.passages.iter().map(|passage| (passage.published.clone(), Light::Same));
    let out = stretches(published, passages.chain(published_lights(&trace.changes)).collect(), Light::Foreign);
    html! {
        p.hint.legend {
            del { "struck" } " was left out, or reads otherwise in what was published; " ins { "underlined" } " was put in; "
            mark { "marked" } " was moved; " span.foreign { "slanted" } " does not come from the message."
        }
        div.beside.compared {
            section aria-labelledby="sent" {
                h3 #sent { "What was sent" }
                div.letter tabindex="0" { (side(&sent, whole)) }
                p.hint { "In the first wording of each place: which wordings a copy has is not shown here." }
            }
            section aria-labelledby="published" {
                h3 #published { "What was published" }
                div.letter tabindex="0" { (side(&out, whole)) }
                p.hint { a href=(whole) { "The whole text as it was captured" } }
            }
        }
        (told(&trace.changes))
    }
}

/// A published text by itself.
pub(super) fn alone(published: &str, whole: &str) -> Markup {
    html! {
        div.letter tabindex="0" { (side(&[Stretch { light: Light::Same, text: published }], whole)) }
        p.hint { a href=(whole) { "The whole text as it was captured" } }
    }
}

/// What is different, one by one.
fn told(changes: &[Change]) -> Markup {
    html! {
        @if !changes.is_empty() {
            details.told {
                summary { (count(changes.len() as u64, "change", "changes")) " one by one" }
                ol {
                    @for change in changes.iter().take(TOLD) { li { (one(change)) } }
                }
                @if changes.len() > TOLD { p.hint { "And " (changes.len() - TOLD) " more." } }
            }
        }
    }
}

fn one(change: &Change) -> Markup {
    let quoted = |quote: &Option<countermark_tracing::Quote>| {
        quote.as_ref().map_or_else(String::new, |q| clean(&short(&q.text, 240)))
    };
    let (sent, published) = (quoted(&change.sent), quoted(&change.published));
    let part = html! { span.quiet { "Part " (change.parts.start()) ": " } };
    match change.kind {
        ChangeKind::Omitted => html! { (part) "left out: " q { bdi { (sent) } } },
        ChangeKind::Added => html! { (part) "put in: " q { bdi { (published) } } },
        ChangeKind::Changed => {
            html! {
                (part) "you wrote " q { bdi { (sent) } } ", it says " q { bdi { (published) } }
                @if change.slip { " (a letter or two apart: a slip, or another word)" }
            }
        }
        ChangeKind::Moved => html! { (part) "moved: " q { bdi { (published) } } },
    }
}

fn sent_lights(changes: &[Change]) -> Vec<(Range<usize>, Light)> {
    let light = |change: &Change| match change.kind {
        ChangeKind::Omitted => Some(Light::LeftOut),
        ChangeKind::Changed => Some(Light::ChangedFrom),
        ChangeKind::Moved => Some(Light::Moved),
        ChangeKind::Added => None,
    };
    ordered(changes).filter_map(|change| Some((change.sent_at.clone(), light(change)?))).collect()
}

fn published_lights(changes: &[Change]) -> Vec<(Range<usize>, Light)> {
    let light = |change: &Change| match change.kind {
        ChangeKind::Added => Some(Light::Added),
        ChangeKind::Changed => Some(Light::ChangedTo),
        ChangeKind::Moved => Some(Light::Moved),
        ChangeKind::Omitted => None,
    };
    ordered(changes).filter_map(|change| Some((change.published_at.clone(), light(change)?))).collect()
}

/// What was moved first: other changes lie on it.
fn ordered(changes: &[Change]) -> impl Iterator<Item = &Change> {
    let moved = changes.iter().filter(|change| change.kind == ChangeKind::Moved);
    moved.chain(changes.iter().filter(|change| change.kind != ChangeKind::Moved))
}

/// Cuts a text at the ends of all lights; where several lie on a stretch, the last one counts.
fn stretches(text: &str, lights: Vec<(Range<usize>, Light)>, ground: Light) -> Vec<Stretch<'_>> {
    let mut cuts: Vec<usize> =
        lights.iter().flat_map(|(range, _)| [range.start, range.end]).chain([0, text.len()]).collect();
    cuts.retain(|at| text.is_char_boundary(*at));
    cuts.sort_unstable();
    cuts.dedup();
    // Which light lies on each piece: painted in order, over the pieces that a range covers.
    let mut painted = vec![ground; cuts.len().saturating_sub(1)];
    for (range, light) in lights {
        let from = cuts.partition_point(|at| *at < range.start);
        let to = cuts.partition_point(|at| *at < range.end);
        if let Some(pieces) = painted.get_mut(from..to) {
            pieces.fill(light);
        }
    }
    let mut out: Vec<(Light, Range<usize>)> = Vec::new();
    for (light, ends) in painted.into_iter().zip(cuts.windows(2)) {
        match out.last_mut() {
            // Two changes that touch stay two.
            Some((last, range)) if *last == light && matches!(light, Light::Same | Light::Foreign) => {
                range.end = ends[1]
            }
            _ => out.push((light, ends[0]..ends[1])),
        }
    }
    out.into_iter().map(|(light, range)| Stretch { light, text: &text[range] }).collect()
}

fn side(stretches: &[Stretch<'_>], whole: &str) -> Markup {
    let all: usize = stretches.iter().map(|stretch| stretch.text.len()).sum();
    let mut room = ROOM;
    let shown: Vec<Markup> = stretches
        .iter()
        .map_while(|stretch| {
            if room == 0 {
                return None;
            }
            let (text, folded) = fold(stretch, all);
            let text = cut(&text, room).to_owned();
            room -= text.len();
            Some(lit(stretch.light, &text, folded))
        })
        .collect();
    html! {
        @for stretch in &shown { (stretch) }
        @if room == 0 { p.hint { "The page ends here. " a href=(whole) { "The whole text" } } }
    }
}

/// Of a long text a stretch that says nothing of what was sent keeps its ends; says how many words are folded.
fn fold(stretch: &Stretch<'_>, all: usize) -> (String, Option<(usize, String)>) {
    let folds = matches!(stretch.light, Light::Foreign | Light::LeftOut | Light::Added);
    if !folds || all < 3 * LONG || stretch.text.len() <= LONG {
        return (clean(stretch.text), None);
    }
    let head = cut(stretch.text, ENDS);
    let tail = &stretch.text[stretch.text.ceil_char_boundary(stretch.text.len() - ENDS)..];
    let words = countermark_text::word_count(&stretch.text[head.len()..stretch.text.len() - tail.len()]);
    (clean(head), Some((words, clean(tail))))
}

fn lit(light: Light, text: &str, folded: Option<(usize, String)>) -> Markup {
    let inner = html! {
        (text)
        @if let Some((words, tail)) = &folded { " " span.hole { (count(*words as u64, "word", "words")) } " " (tail) }
    };
    match light {
        Light::Added => html! { ins { span.unseen { "[put in: " } (inner) span.unseen { "]" } } },
        Light::ChangedFrom => html! { del.changed { span.unseen { "[sent: " } (inner) span.unseen { "]" } } },
        Light::ChangedTo => {
            html! { ins.changed { span.unseen { "[published instead: " } (inner) span.unseen { "]" } } }
        }
        Light::Foreign => html! { span.foreign { (inner) } },
        Light::LeftOut => html! { del { span.unseen { "[left out: " } (inner) span.unseen { "]" } } },
        Light::Moved => html! { mark { span.unseen { "[moved: " } (inner) span.unseen { "]" } } },
        Light::Same => inner,
    }
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// What was published comes from outside: characters that can't be seen, or that turn the order of others, are shown as what they are not.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\t' => Some(c),
            '\r' => None,
            c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => Some('\u{fffd}'),
            c => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use countermark_marking::Master;
    use countermark_tracing::{Leak, Tracer};

    use super::*;

    fn of(text: &str, lights: Vec<(Range<usize>, Light)>) -> Vec<(Light, String)> {
        stretches(text, lights, Light::Same).into_iter().map(|s| (s.light, s.text.to_owned())).collect()
    }

    #[test]
    fn stretches_are_cut_where_lights_begin_and_end() {
        let same = |text: &str| (Light::Same, text.to_owned());
        assert_eq!(of("abc", vec![]), [same("abc")]);
        assert_eq!(of("", vec![]), []);
        assert_eq!(
            of("abcdef", vec![(2..4, Light::LeftOut)]),
            [same("ab"), (Light::LeftOut, "cd".to_owned()), same("ef")]
        );
        // What lies on something moved is lit over it; an empty range lights nothing; one past the end is cut.
        let moved = vec![(1..5, Light::Moved), (2..3, Light::ChangedFrom), (4..4, Light::LeftOut)];
        let lit: Vec<Light> = of("abcdef", moved).into_iter().map(|(light, _)| light).collect();
        assert_eq!(lit, [Light::Same, Light::Moved, Light::ChangedFrom, Light::Moved, Light::Moved, Light::Same]);
        // In the midst of a letter nothing is cut.
        assert_eq!(of("äb", vec![(1..2, Light::LeftOut)]).into_iter().map(|(_, text)| text).collect::<String>(), "äb");
    }

    #[test]
    fn a_difference_is_lit_on_both_sides_and_told() {
        let master = Master::parse("We met twice last year in the old harbour of Lisk. The dues stay as they were. I trust that nobody has heard of it.").unwrap();
        let tracer = Tracer::new(&master);
        let text =
            "We met twice last year in the new harbour of Lisk. I trust that nobody has heard of it, believe me.";
        let trace = tracer.trace(&Leak::new(text)).unwrap();
        let page = beside(&tracer, &trace, text, "/cases/x/text").into_string();
        assert!(page.contains("<del class=\"changed\"><span class=\"unseen\">[sent: </span>old"), "{page}");
        assert!(
            page.contains("<ins class=\"changed\"><span class=\"unseen\">[published instead: </span>new"),
            "{page}"
        );
        assert!(page.contains("[left out: </span>") && page.contains("dues stay as they were"), "{page}");
    }

    #[test]
    fn whatever_was_published_stays_text() {
        let hostile = "</script><script>alert(1)</script>\u{202e}gnp.exe\u{0}<img src=x onerror=alert(1)>";
        let page = alone(hostile, "/cases/x/text").into_string();
        assert!(
            !page.contains("<script")
                && !page.contains("<img")
                && !page.contains('\u{202e}')
                && !page.contains('\u{0}')
        );
        assert!(page.contains("&lt;script&gt;") && page.contains("\u{fffd}gnp.exe\u{fffd}"));
    }

    #[test]
    fn a_long_text_does_not_make_a_long_page() {
        let long = "word ".repeat(200_000);
        let page = alone(&long, "/cases/x/text").into_string();
        assert!(page.len() < ROOM + 1_000 && page.contains("The page ends here"), "{}", page.len());
        // Around a quotation what is foreign is folded, and the quotation is there.
        let sentence = "I trust that nobody has heard of it in the old harbour of Lisk last year.";
        let master = Master::parse(sentence).unwrap();
        let tracer = Tracer::new(&master);
        let text = format!("{long}{sentence} {long}");
        let trace = tracer.trace(&Leak::new(&text)).unwrap();
        let page = beside(&tracer, &trace, &text, "/x").into_string();
        assert!(page.len() < 10_000 && page.matches("nobody has heard").count() == 2, "{}", page.len());
    }
}
