//! The front page: the newest statements first, and the most read where they are counted.

use countermark_statement::{Kind, Statement, Version};
use maud::{Markup, html};

use super::frame::{Around, around};
use super::{day, stamp};
use crate::scene::{Manner, Scene, times};
use crate::words::{Value, Words};

/// How many the most-read list has.
const MOST: usize = 5;
/// Characters of a statement's first words.
const FIRST: usize = 220;
/// How many statements one page lists.
const LISTED: usize = 30;

/// How many pages the list of statements fills; never none.
pub(crate) fn sheets(scene: &Scene<'_>) -> usize {
    scene.published.statements().len().div_ceil(LISTED).max(1)
}

/// Where a sheet of the list stands, the first being the front page.
pub(crate) fn path(sheet: usize) -> String {
    if sheet == 1 { "/".to_owned() } else { format!("/page/{sheet}") }
}

/// The front page, and the further sheets of its list, from 1.
pub(crate) fn front(scene: &Scene<'_>, sheet: usize) -> Markup {
    let newest = scene.published.statements();
    let content = html! {
        @if newest.is_empty() {
            div.empty {
                h2 { (scene.words.say("empty-title")) }
                p { (scene.words.say("empty-text")) }
            }
        } @else {
            div.front {
                section aria-labelledby="newest" {
                    h2.unseen #newest { (scene.words.say("newest")) }
                    ol.statements {
                        @for statement in newest.iter().skip((sheet - 1) * LISTED).take(LISTED) { (entry(scene, statement)) }
                    }
                    p.row {
                        @if sheet > 1 { a rel="prev" href=(scene.href(&path(sheet - 1))) { (scene.words.say("newer")) } }
                        @if sheet < sheets(scene) { a rel="next" href=(scene.href(&path(sheet + 1))) { (scene.words.say("older")) } }
                    }
                }
                (most_read(scene))
            }
        }
    };
    let about = &scene.site().about;
    let head = html! {
        @if !about.is_empty() { meta name="description" content=(about); }
        meta property="og:type" content="website";
        meta property="og:title" content=(scene.name());
    };
    around(scene, &Around { title: "", path: Some(&path(sheet)), head, front: true }, &content)
}

fn entry(scene: &Scene<'_>, statement: &Statement) -> Markup {
    let words = scene.words;
    let Some(version) = statement.versions.last() else { return html! {} };
    let (first, last) = times(statement);
    html! {
        li {
            p.kicker { (kicker(words, statement)) }
            h3 { a href=(scene.href(&format!("/statements/{}", statement.id))) lang=(version.language) dir="auto" { (version.title) } }
            p.first lang=(version.language) dir="auto" { (first_words(&version.text)) }
            p.dateline {
                bdi { (version.byline) } " · " (day(words, first))
                @if last != first { " · " (dated(words, "updated", last)) }
                @if let Some(n) = scene.reads_of(&statement.id) { " · " (words.with("reads", [("n", Value::number(n))])) }
            }
        }
    }
}

/// What kind of statement it is, its category, and that it was withdrawn.
pub(super) fn kicker(words: &Words, statement: &Statement) -> Markup {
    let Some(version) = statement.versions.last() else { return html! {} };
    html! {
        (kind(words, version.kind))
        @if let Some(category) = &version.category { " · " bdi lang=(version.language) { (category) } }
        @if statement.state.withdrawn.is_some() { " " span.tag.bad { (words.say("kind-withdrawn")) } }
    }
}

pub(crate) fn kind(words: &Words, kind: Kind) -> String {
    match kind {
        Kind::Invented => words.say("kind-invented"),
        Kind::Leak => words.say("kind-leak"),
        Kind::Notice => words.say("kind-notice"),
        Kind::Reworded => words.say("kind-reworded"),
    }
}

/// The first words of a text, cut between words.
pub(crate) fn first_words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= FIRST {
        return line;
    }
    let cut: String = line.chars().take(FIRST).collect();
    // A text without spaces, as Chinese, is cut where it stands.
    let whole =
        cut.rsplit_once(' ').filter(|(whole, _)| whole.len() > cut.len() / 2).map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole}…")
}

fn most_read(scene: &Scene<'_>) -> Markup {
    if !scene.site().features.most_read || scene.manner == Manner::Files {
        return html! {};
    }
    let mut read: Vec<(u64, &Statement)> = scene
        .published
        .statements()
        .iter()
        .filter_map(|statement| Some((scene.reads.get(&statement.id)?.1, &**statement)))
        .filter(|(n, _)| *n > 0)
        .collect();
    read.sort_by(|a, b| (b.0, &a.1.id).cmp(&(a.0, &b.1.id)));
    if read.is_empty() {
        return html! {};
    }
    html! {
        aside.most-read aria-labelledby="most-read" {
            h2 #most-read { (scene.words.say("most-read")) }
            ol {
                @for (n, statement) in read.into_iter().take(MOST) {
                    @if let Some(version) = statement.versions.last() {
                        li {
                            a href=(scene.href(&format!("/statements/{}", statement.id))) lang=(version.language) dir="auto" { (version.title) }
                            " " span.quiet { (scene.words.with("reads", [("n", Value::number(n))])) }
                        }
                    }
                }
            }
        }
    }
}

/// The line under a title: who speaks, since when.
pub(super) fn byline(scene: &Scene<'_>, statement: &Statement, version: &Version) -> Markup {
    let words = scene.words;
    let first = times(statement).0;
    html! {
        p.dateline {
            bdi { (words.with("by", [("name", Value::from(version.byline.as_str()))])) }
            " · " (dated(words, "published", first))
            @if version.published_at != first { " · " a href="#updates" { (dated(words, "updated", version.published_at)) } }
            @if let Some(n) = scene.reads_of(&statement.id) { " · " (words.with("reads", [("n", Value::number(n))])) }
        }
    }
}

/// A sentence with a moment in it, in an element that says the moment to programs too.
fn dated(words: &Words, sentence: &str, at: u64) -> Markup {
    html! { time datetime=(stamp(at)) { (words.with(sentence, [("date", Value::from(words.moment(at)))])) } }
}
