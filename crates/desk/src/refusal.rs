//! What a page says instead of its content.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;

use crate::shell::bare;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    Stranger,
    /// He is, and may not.
    #[error("not for this role")]
    Role,
    /// The form did not come from a page of this desk.
    #[error("the form is not from this desk, or too old")]
    Forged,
    /// There is no such thing.
    #[error("there is nothing here")]
    Missing,
    /// What came can't be used: a sentence for the person.
    #[error("{0}")]
    Input(String),
    /// Too much, too fast.
    #[error("too many attempts")]
    TooMany,
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
            Self::Stranger => StatusCode::SEE_OTHER,
            Self::Role | Self::Forged => StatusCode::FORBIDDEN,
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Input(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Office(_) => StatusCode::CONFLICT,
            Self::Machine(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        if matches!(self, Self::Stranger) {
            return (status, [(header::LOCATION, "/sign-in")]).into_response();
        }
        let page = bare(
            "Not done",
            &html! { h1 { "Not done" } p role="alert" { (self) "." } p { a href="/" { "Back to the desk" } } },
        );
        (status, page).into_response()
    }
}
