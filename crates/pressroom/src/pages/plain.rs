//! Pages of a heading and a sentence.

use maud::{Markup, html};

use super::frame::{Around, around};
use crate::scene::Scene;
use crate::words::Words;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain {
    Closed,
    Damaged,
    Missing,
    Refused,
    ThanksComment,
    ThanksReply,
}

impl Plain {
    fn say(self, words: &Words) -> (String, String) {
        match self {
            Self::Closed => (words.say("reply-closed"), words.say("reply-closed-text")),
            Self::Damaged => (words.say("damaged"), words.say("damaged-text")),
            Self::Missing => (words.say("missing"), words.say("missing-text")),
            Self::Refused => (words.say("refused"), words.say("refused-text")),
            Self::ThanksComment => (words.say("thanks-comment"), words.say("thanks-comment-text")),
            Self::ThanksReply => (words.say("thanks-reply"), words.say("thanks-reply-text")),
        }
    }
}

/// The page. `back` is the statement to which it leads, by its id.
pub(crate) fn plain(scene: &Scene<'_>, which: Plain, back: Option<&str>) -> Markup {
    let words = scene.words;
    let (title, text) = which.say(words);
    let content = html! {
        h1 { (title) }
        p { (text) }
        p {
            @match back {
                Some(id) => a href=(scene.href(&format!("/statements/{id}"))) { (words.say("back-statement")) },
                None => a href=(scene.href("/")) { (words.say("back")) },
            }
        }
    };
    around(scene, &Around { title: &title, path: None, head: html! {}, front: false }, &content)
}
