//! Answer: a statement from its first words to the published page, and what comes back on it.
//!
//! One page holds everything that a statement needs: what is opened, what is said, and beside it what the public will see. Saving changes
//! nothing outside the vault; publishing shows first what becomes public for ever. Whoever has the role `press` does all of it; whoever
//! reads cases reads.

mod article;
mod begin;
mod copy;
mod edit;
mod fields;
mod invite;
mod list;
mod note;
mod parts;
mod preview;
mod replies;
mod settings;
mod sheet;
mod version;
mod words;

use std::sync::LazyLock;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::routing::{get, post};
use countermark_web::Asset;

use crate::session::hex;
use crate::{Desk, Refusal, Role, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/answer", get(list::page))
        .route("/answer/new", post(begin::begin))
        .route("/answer/replies", get(replies::page).post(replies::decide))
        .route("/answer/settings", get(settings::page).post(settings::save))
        .route("/answer/settings/picture", get(settings::picture).post(settings::upload))
        .route("/answer/{id}", get(edit::page).post(edit::save))
        .route("/answer/{id}/preview", get(preview::page))
        .route("/answer/{id}/publish", post(preview::publish))
        .route("/answer/{id}/versions/{number}", get(version::page))
        .route("/answer/{id}/discard", post(version::discard))
        .route("/answer/{id}/withdraw", post(version::withdraw))
        .route("/answer/{id}/invite", get(invite::page).post(invite::invite))
}

/// The script of these pages.
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("answer.js", "text/javascript; charset=utf-8", include_bytes!("../../../assets/answer.js"))
});

/// What these pages add to the stylesheet.
pub(super) const STYLE: &str = include_str!("../../../assets/answer.css");

/// The files that only these pages name: their script, and the pressroom's stylesheet for its page.
pub(super) fn files() -> [Asset; 2] {
    [SCRIPT.clone(), countermark_pressroom::style().clone()]
}

/// A statement's id as the desk's addresses have it: 32 lower-case hexadecimal digits, and nothing else.
#[derive(Clone)]
struct StatementId(String);

impl StatementId {
    fn of(given: &str) -> Option<Self> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (given.len() == 32 && given.bytes().all(digit)).then(|| Self(given.to_owned()))
    }

    fn href(&self) -> String {
        format!("/answer/{}", self.0)
    }
}

impl FromRequestParts<Desk> for StatementId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Refusal> {
        // Whoever may not read them learns nothing of what is an id.
        reads(&Signed::from_request_parts(parts, desk).await?)?;
        let Path(given) =
            Path::<Vec<(String, String)>>::from_request_parts(parts, desk).await.map_err(|_| Refusal::Missing)?;
        let id = given.into_iter().find(|(name, _)| name == "id").map(|(_, id)| id);
        id.and_then(|id| Self::of(&id)).ok_or(Refusal::Missing)
    }
}

/// Whoever reads cases reads statements.
fn reads(signed: &Signed) -> Result<(), Refusal> {
    signed.must_any(&[Role::Analyst, Role::Approver, Role::Press])
}

/// Whether somebody may write and publish.
fn writes(signed: &Signed) -> bool {
    signed.roles.contains(&Role::Press)
}

/// "1 part", "3 parts".
fn count(n: usize, one: &str, several: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {several}") }
}

/// "1, 3 and 4".
fn listed(numbers: &[usize]) -> String {
    let shown: Vec<String> = numbers.iter().map(usize::to_string).collect();
    match &shown[..] {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_an_id_and_nothing_else() {
        assert!(StatementId::of(&"0a".repeat(16)).is_some());
        for given in ["", "0a", "new", "../../../../etc/passwd", &"0A".repeat(16), &"0a".repeat(17)] {
            assert!(StatementId::of(given).is_none(), "{given}");
        }
    }

    #[test]
    fn numbers_in_words() {
        assert_eq!((listed(&[]), listed(&[3]), listed(&[1, 3, 4])), (String::new(), "3".into(), "1, 3 and 4".into()));
        assert_eq!((count(1, "part", "parts"), count(2, "part", "parts")), ("1 part".into(), "2 parts".into()));
    }
}
