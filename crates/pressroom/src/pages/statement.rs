//! A statement's page: title, the post beside the letter, the proof, the statement itself, and what came of it.

use countermark_statement::{Statement, Version};
use maud::{Markup, html};

use super::frame::{Around, around};
use super::front::{byline, first_words, kicker};
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
        article {
            header.title {
                p.kicker { (kicker(scene.words, statement)) }
                h1 lang=(version.language) dir="auto" { (version.title) }
                (byline(scene, statement, version))
            }
            (notices(scene, statement, version, newest))
            (compare::compare(scene, version))
            (proof::proof(scene, statement, version))
            div.columns {
                div.one {
                    section.text lang=(version.language) { (paragraphs(&version.text)) }
                    (compare::differences(scene, version))
                }
                div.side {
                    (after::updates(scene, statement, version))
                    (after::related(scene, statement))
                }
                div.two {
                    (after::replies(scene, statement))
                    (after::comments(scene, statement))
                }
            }
        }
    };
    let head = head(scene, statement, version, &path);
    around(scene, &Around { title: &version.title, path: Some(&path), head, front: false }, &content)
}

fn notices(scene: &Scene<'_>, statement: &Statement, version: &Version, newest: bool) -> Markup {
    let words = scene.words;
    let next = statement.versions.iter().find(|other| other.number > version.number);
    html! {
        @if let Some(withdrawn) = &statement.state.withdrawn {
            aside.alert {
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
        @if !newest {
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
}

/// What other sites show of the page when somebody links to it.
fn head(scene: &Scene<'_>, statement: &Statement, version: &Version, path: &str) -> Markup {
    let picture = scene.absolute(&format!("/statements/{}.png", key(&statement.id, version.number)));
    let words = first_words(&version.text);
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
        meta property="og:image:alt" content=(scene.words.with("picture-alt", [("title", Value::from(version.title.as_str()))]));
        meta property="article:published_time" content=(super::stamp(statement.versions.first().map_or(0, |first| first.published_at)));
        meta property="article:modified_time" content=(super::stamp(version.published_at));
        meta name="twitter:card" content="summary_large_image";
        meta name="twitter:title" content=(version.title);
        meta name="twitter:description" content=(words);
        meta name="twitter:image" content=(picture);
        @if version.bundle.is_some() && !scene.is_inert() { script defer src=(crate::assets::CHECK.href()) {} }
    }
}
