//! The two forms: a reader's comment, and the answer of somebody concerned. Both work without script and need no cookie.

use countermark_statement::{Statement, limits};
use maud::{Markup, html};
use serde::Deserialize;

use super::frame::{Around, around};
use crate::scene::Scene;
use crate::words::{Value, Words};

/// Characters that a comment may have.
pub(crate) const COMMENT: usize = 2_000;
/// Characters that an answer may have.
pub(crate) const REPLY: usize = 20_000;

/// What is wrong with what was sent; the page says it beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failing {
    Busy,
    /// The statement was withdrawn meanwhile.
    Closed,
    Empty,
    Long,
    Name,
    Queue,
    /// Nothing of it was looked at.
    Unread,
}

/// A comment as the form sends it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct CommentForm {
    pub(crate) name: String,
    pub(crate) text: String,
    /// A field that people do not see and machines fill in.
    pub(crate) website: String,
}

/// An answer as the form sends it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReplyForm {
    pub(crate) text: String,
}

/// The comment's form.
pub(super) fn comment(scene: &Scene<'_>, id: &str, typed: &CommentForm, failing: Option<Failing>) -> Markup {
    let words = scene.words;
    let wrong_name = failing == Some(Failing::Name);
    html! {
        form.fields #comment-form method="post" action=(scene.href(&format!("/statements/{id}/comment"))) {
            h3 { (words.say("comment-form")) }
            p.hint { (words.say("comment-hint")) }
            (general(words, failing))
            div {
                label for="name" { (words.say("field-name")) }
                input #name name="name" required maxlength=(limits::NAME) autocomplete="name" value=(typed.name)
                    aria-describedby="name-hint" aria-invalid=[wrong_name.then_some("true")];
                p.hint #name-hint { (words.say("field-name-hint")) }
                @if wrong_name { p.error { (words.with("error-name", [("n", Value::number(limits::NAME as u64))])) } }
            }
            (text_field(words, &typed.text, COMMENT, failing, 6))
            div.elsewhere aria-hidden="true" {
                label for="website" { (words.say("field-leave")) }
                input #website name="website" tabindex="-1" autocomplete="off" value="";
            }
            @if failing != Some(Failing::Closed) { p { button.main { (words.say("send-comment")) } } }
        }
    }
}

/// What holds for the whole form.
fn general(words: &Words, failing: Option<Failing>) -> Markup {
    html! {
        @match failing {
            Some(Failing::Busy) => p.alert role="alert" { (words.say("error-busy")) },
            Some(Failing::Closed) => p.alert role="alert" { (words.say("comments-closed")) " " (words.say("error-closed")) },
            Some(Failing::Queue) => p.alert role="alert" { (words.say("error-kept")) },
            Some(Failing::Unread) => p.alert role="alert" { (words.say("error-unread")) },
            _ => {},
        }
    }
}

fn text_field(words: &Words, typed: &str, most: usize, failing: Option<Failing>, rows: u8) -> Markup {
    let wrong = matches!(failing, Some(Failing::Empty | Failing::Long));
    html! {
        div {
            label for="text" { (words.say("field-text")) }
            textarea #text name="text" rows=(rows) required maxlength=(most) aria-describedby="text-hint" aria-invalid=[wrong.then_some("true")] {
                // The first line break after the tag is the parser's, not the text's.
                "\n" (typed)
            }
            p.hint #text-hint { (words.with("limit", [("n", Value::number(most as u64))])) }
            @match failing {
                Some(Failing::Empty) => p.error { (words.say("error-text")) },
                Some(Failing::Long) => p.error { (words.with("error-long", [("n", Value::number(most as u64))])) },
                _ => {},
            }
        }
    }
}

/// The comment's form by itself, when what was sent could not be taken: with what was typed.
pub(crate) fn comment_again(scene: &Scene<'_>, statement: &Statement, typed: &CommentForm, failing: Failing) -> Markup {
    let title = scene.words.say("comment-form");
    let content = html! {
        h1 { (title) }
        (about(scene, statement))
        (comment(scene, &statement.id, typed, Some(failing)))
    };
    around(scene, &Around { title: &title, path: None, head: html! {}, front: false }, &content)
}

fn about(scene: &Scene<'_>, statement: &Statement) -> Markup {
    html! {
        @if let Some(version) = statement.versions.last() {
            p { a href=(scene.href(&format!("/statements/{}", statement.id))) lang=(version.language) dir="auto" { (version.title) } }
        }
    }
}

/// The page behind a personal link; it is open until `until`.
pub(crate) fn reply(
    scene: &Scene<'_>,
    statement: &Statement,
    until: u64,
    token: &str,
    typed: &ReplyForm,
    failing: Option<Failing>,
) -> Markup {
    let words = scene.words;
    let title = words.say("reply-title");
    let content = html! {
        h1 { (title) }
        p { (words.say("reply-about")) }
        (about(scene, statement))
        p { (words.with("reply-until", [("date", Value::from(words.moment(until)))])) }
        form.fields method="post" action=(scene.href(&format!("/reply/{token}"))) {
            (general(words, failing))
            (text_field(words, &typed.text, REPLY, failing, 14))
            p { button.main { (words.say("send-reply")) } }
        }
    };
    around(scene, &Around { title: &title, path: None, head: html! {}, front: false }, &content)
}
