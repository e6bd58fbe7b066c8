//! A statement's page: title, the statement itself, the letter beside the post, the proof, and what came of it. A wide window shows the two
//! texts first; what is read in the page's own order (on a telephone, on paper, aloud, by whoever quotes its first words) begins with the
//! office's words.

use countermark_statement::{Kind, Statement, Version, Withdrawn};
use maud::{Markup, html};

use super::frame::{Around, around};
use super::front::{byline, first_words, kicker, kind};
use super::{after, compare, paragraphs, proof, time};
use crate::scene::{Scene, key};
use crate::words::Value;

/// The page of one version; the newest is the statement's own.
pub(crate) fn statement(scene: &Scene<'_>, statement: &Statement, version: &Version) -> Markup {
    let newest = statement.versions.last().is_some_and(|last| last.number == version.number);
    let path = if newest {
        format!("/statements/{}", statement.id)
    } else {
        format!("/statements/{}", key(&statement.id, version.number))
    };
    let content = html! {
        article.statement.compared[version.opened.is_some() || version.kind == Kind::Invented] {
            header.title {
                p.kicker { (kicker(scene.words, statement)) }
                h1 lang=(version.language) dir="auto" { (version.title) }
                (byline(scene, statement, version))
            }
            (notices(scene, statement, version, newest))
            section.text lang=(version.language) { (paragraphs(&version.text)) }
            (compare::compare(scene, statement, version))
            (proof::proof(scene, statement, version))
            (compare::differences(scene, version))
            div.side {
                (after::updates(scene, statement, version))
                (after::related(scene, statement))
            }
            div.two {
                (after::replies(scene, statement))
                (after::comments(scene, statement))
            }
        }
    };
    let head = head(scene, statement, version, &path);
    around(scene, &Around { title: &version.title, path: Some(&path), head, front: false }, &content)
}

fn notices(scene: &Scene<'_>, statement: &Statement, version: &Version, newest: bool) -> Markup {
    let unproved = scene.published.is_unproved(&statement.id, version);
    if statement.state.withdrawn.is_none() && newest && !unproved {
        return html! {};
    }
    html! {
        div.notices {
            @if let Some(withdrawn) = &statement.state.withdrawn { (taken_back(scene, withdrawn)) }
            @if unproved {
                aside.alert { h2 { (scene.words.say("not-verified")) } p { (scene.words.say("bundle-missing")) } }
            }
            @if !newest { (earlier(scene, statement, version)) }
        }
    }
}

fn taken_back(scene: &Scene<'_>, withdrawn: &Withdrawn) -> Markup {
    let words = scene.words;
    html! {
        aside.alert #withdrawn {
            h2 { (words.say("withdrawn-title")) }
            p dir="auto" {
                (words.with("withdrawn-text", [
                    ("date", Value::from(words.moment(withdrawn.at))),
                    ("why", Value::from(withdrawn.reason.as_str())),
                ]))
            }
            p { (words.say("withdrawn-stays")) }
        }
    }
}

fn earlier(scene: &Scene<'_>, statement: &Statement, version: &Version) -> Markup {
    let words = scene.words;
    let next = statement.versions.iter().find(|other| other.number > version.number);
    html! {
        aside.card {
            p {
                (words.with("earlier-version", [
                    ("n", Value::number(version.number)),
                    ("of", Value::number(statement.versions.len() as u64)),
                    ("date", Value::from(words.moment(next.map_or(0, |next| next.published_at)))),
                ]))
                " "
                a href=(scene.href(&format!("/statements/{}", statement.id))) { (words.say("earlier-link")) }
            }
            @if let Some(next) = next { span.unseen { (time(words, next.published_at)) } }
        }
    }
}

/// What others show of the page in a line or two: what kind of answer it is before any word of it, for its words may be a quotation.
fn in_short(scene: &Scene<'_>, statement: &Statement, version: &Version) -> String {
    let words = scene.words;
    let text = first_words(&version.text);
    let kind = match (&statement.state.withdrawn, version.kind) {
        (Some(_), _) => words.say("withdrawn-title"),
        (None, Kind::Notice) => return text,
        (None, other) => kind(words, other),
    };
    words.with("in-short", [("kind", Value::from(kind)), ("text", Value::from(text))])
}

/// What other sites show of the page when somebody links to it.
fn head(scene: &Scene<'_>, statement: &Statement, version: &Version, path: &str) -> Markup {
    let picture = scene.absolute(&format!("/statements/{}.png", key(&statement.id, version.number)));
    let words = in_short(scene, statement, version);
    let alt = match &version.opened {
        Some(_) => scene.words.with("picture-alt", [("title", Value::from(version.title.as_str()))]),
        None => version.title.clone(),
    };
    let checked = version.bundle.is_some() && !scene.published.is_unproved(&statement.id, version);
    html! {
        meta name="description" content=(words);
        meta name="author" content=(version.byline);
        meta property="og:type" content="article";
        meta property="og:site_name" content=(scene.name());
        meta property="og:title" content=(version.title);
        meta property="og:description" content=(words);
        meta property="og:url" content=(scene.absolute(&scene.href(path)));
        meta property="og:image" content=(picture);
        meta property="og:image:type" content="image/png";
        meta property="og:image:width" content="1200";
        meta property="og:image:height" content="630";
        meta property="og:image:alt" content=(alt);
        meta property="article:published_time" content=(super::stamp(statement.versions.first().map_or(0, |first| first.published_at)));
        meta property="article:modified_time" content=(super::stamp(version.published_at));
        meta name="twitter:card" content="summary_large_image";
        meta name="twitter:title" content=(version.title);
        meta name="twitter:description" content=(words);
        meta name="twitter:image" content=(picture);
        @if checked && !scene.is_inert() { script defer src=(crate::assets::CHECK.href()) {} }
    }
}
