//! What a page says instead of its content.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::json;

use crate::Signed;
use crate::json::json;
use crate::shell::{Place, bare, shell};

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    Stranger,
    /// He is, and may not.
    #[error("this is not for your role; whoever approves in your office can give you it, on the page People")]
    Role,
    /// The form did not come from a page of this desk.
    #[error("the form is not from this desk, or too old: go back, load the page again, and send it once more")]
    Forged,
    /// There is no such thing.
    #[error("there is nothing here")]
    Missing,
    /// There is, but not for this method.
    #[error("this can't be asked for in this way")]
    Method,
    /// What came can't be used: a sentence for the person.
    #[error("{0}")]
    Input(String),
    /// More than is taken.
    #[error("this is more than the desk takes at once")]
    TooLarge,
    /// What a stranger sends comes too slowly.
    #[error("the form did not come in time: send it again")]
    Slow,
    /// Too much, too fast; whole seconds to wait.
    #[error("too many attempts: wait {} and try again", wait(*.0))]
    TooMany(u64),
    /// The office refuses: its own words, and what to do.
    #[error(transparent)]
    Office(#[from] countermark_office::Error),
    /// Something of the machine.
    #[error("{0}")]
    Machine(String),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Stranger => StatusCode::UNAUTHORIZED,
            Self::Role | Self::Forged => StatusCode::FORBIDDEN,
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Input(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Office(_) => StatusCode::CONFLICT,
            Self::Machine(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What is said of a refusal, for whoever knows in which form: the [`gate`](crate::gate).
#[derive(Clone)]
pub(crate) struct Told {
    text: String,
    stranger: bool,
}

impl Told {
    /// Whether it was said to somebody who is not signed in.
    pub(crate) fn is_to_a_stranger(&self) -> bool {
        self.stranger
    }

    /// As an object for a script.
    pub(crate) fn json(&self, status: StatusCode) -> Response {
        (status, json(&json!({ "error": self.text }))).into_response()
    }

    /// As a page, within the desk for whoever is signed in.
    pub(crate) fn page(&self, status: StatusCode, signed: Option<&Signed>) -> Response {
        let content = html! {
            h1 { "Not done" }
            p.alert role="alert" { (sentence(&self.text)) }
            @if signed.is_some() { p { a href="/" { "To the desk" } } }
            @else { p { a href="/sign-in" { "To the sign-in page" } } }
        };
        let page = match signed {
            Some(signed) => shell(signed, Place::Home, "Not done", &[], &content),
            None => bare("Not done", &content),
        };
        (status, page).into_response()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let told = Told { text: self.to_string(), stranger: matches!(self, Self::Stranger) };
        let mut answer = self.status().into_response();
        if let Self::TooMany(seconds) = self {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        answer.extensions_mut().insert(told);
        answer
    }
}

/// Errors are written as parts of sentences; a page shows a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{end}", capital(text))
}

/// A text with a capital at its head.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", chars.as_str())
}

fn wait(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert_eq!(sentence("it is missing"), "It is missing.");
        assert_eq!(sentence("What now?"), "What now?");
        assert_eq!(sentence(""), ".");
        assert_eq!(Refusal::TooMany(1).to_string(), "too many attempts: wait a second and try again");
        assert_eq!(Refusal::TooMany(130).to_string(), "too many attempts: wait 3 minutes and try again");
    }
}
