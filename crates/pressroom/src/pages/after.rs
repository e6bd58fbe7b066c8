//! What stands under a statement: update notes, answers, related statements, comments.

use countermark_statement::{Statement, Version};
use maud::{Markup, html};

use super::{form, paragraphs, time};
use crate::scene::{Scene, key};
use crate::words::Value;

/// That it was withdrawn, and each version's note, the newest first; every version stays readable.
pub(super) fn updates(scene: &Scene<'_>, statement: &Statement, shown: &Version) -> Markup {
    let words = scene.words;
    html! {
        section.updates aria-labelledby="updates" {
            h2 #updates { (words.say("updates")) }
            ol.timeline reversed {
                @if let Some(withdrawn) = &statement.state.withdrawn {
                    li.bad {
                        h3 { (words.with("withdrawn-update", [("date", Value::from(words.moment(withdrawn.at)))])) }
                        (paragraphs(&withdrawn.reason))
                    }
                }
                @for version in statement.versions.iter().rev() {
                    li {
                        h3 {
                            (words.with("update", [
                                ("n", Value::number(version.number)),
                                ("date", Value::from(words.moment(version.published_at))),
                            ]))
                        }
                        @match &version.note {
                            Some(note) => div lang=(version.language) { (paragraphs(note)) },
                            None => p { (words.say("first-version")) },
                        }
                        p.hint {
                            @if version.number == shown.number { (words.say("this-version")) } @else {
                                a href=(scene.href(&format!("/statements/{}", key(&statement.id, version.number)))) {
                                    (words.with("read-version", [("n", Value::number(version.number))]))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What those concerned answer.
pub(super) fn replies(scene: &Scene<'_>, statement: &Statement) -> Markup {
    let replies = &statement.state.replies;
    html! {
        @if !replies.is_empty() {
            section.replies aria-labelledby="replies" {
                h2 #replies { (scene.words.say("replies")) }
                @for reply in replies {
                    article.reply { h3 dir="auto" { bdi { (reply.name) } } p.hint { (time(scene.words, reply.at)) } (paragraphs(&reply.text)) }
                }
            }
        }
    }
}

/// Other statements that belong to it.
pub(super) fn related(scene: &Scene<'_>, statement: &Statement) -> Markup {
    let related: Vec<(&Statement, &Version)> = statement
        .state
        .related
        .iter()
        .filter_map(|id| scene.published.statement(id))
        .filter_map(|other| Some((other, other.versions.last()?)))
        .collect();
    html! {
        @if !related.is_empty() {
            section.related aria-labelledby="related" {
                h2 #related { (scene.words.say("related")) }
                ul {
                    @for (other, version) in related {
                        li { a href=(scene.href(&format!("/statements/{}", other.id))) lang=(version.language) dir="auto" { (version.title) } }
                    }
                }
            }
        }
    }
}

/// What the desk let through, and the form; nothing at all while comments are off, and no form on a statement that was taken back.
pub(super) fn comments(scene: &Scene<'_>, statement: &Statement) -> Markup {
    let words = scene.words;
    if !scene.site().features.comments {
        return html! {};
    }
    let comments = &statement.state.comments;
    html! {
        section.comments aria-labelledby="comments" {
            h2 #comments { (words.say("comments")) }
            @if comments.is_empty() { p.hint { (words.say("comments-none")) } }
            @if statement.state.withdrawn.is_some() { p.hint { (words.say("comments-closed")) } }
            @for comment in comments {
                article.comment { h3 dir="auto" { bdi { (comment.name) } } p.hint { (time(words, comment.at)) } (paragraphs(&comment.text)) }
            }
            @if scene.takes_comments_on(statement) { (form::comment(scene, &statement.id, &form::CommentForm::default(), None)) }
        }
    }
}
