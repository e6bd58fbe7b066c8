//! Cases: what is out, what of it is the office's own, what was decided about it.
//!
//! Analysts, approvers and the press read cases. Whose copy it was is for analysts and approvers alone, and that they looked stands in the audit
//! trail. Below the line nothing is shown but bits: no page depends on a codeword unless a copy is named.

mod acts;
mod brief;
mod evidence;
mod hearing;
mod jobs;
mod list;
mod lit;
mod open;
mod picture;
mod prove;
mod show;
mod timeline;
mod words;

pub(crate) use lit::clean;
pub(crate) use words::{begins, short, utc};

use std::sync::LazyLock;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Extension, Router};
use countermark_office::Error;
use countermark_web::Asset;

use crate::{Desk, Refusal, Role, Signed};

/// Comfort: dropping and pasting a picture, copying and sharing the brief.
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("cases.js", "text/javascript; charset=utf-8", include_bytes!("../../../assets/cases.js"))
});

/// The script's address, as a page's frame takes it.
fn script() -> [String; 1] {
    [SCRIPT.href()]
}

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/cases", get(list::cases))
        .route("/cases/matches", get(list::matches).post(open::open_match))
        .route("/cases/new", get(open::form).post(open::open))
        .route("/cases/jobs/{number}", get(jobs::page))
        .route("/cases/jobs/{number}/file", get(jobs::file))
        .route("/cases/{id}", get(show::page))
        .route("/cases/{id}/again", post(acts::again))
        .route("/cases/{id}/approve", post(hearing::approve))
        .route("/cases/{id}/brief", get(brief::page))
        .route("/cases/{id}/hear", post(hearing::hear))
        .route("/cases/{id}/note", post(acts::note))
        .route("/cases/{id}/picture/{n}", get(picture::picture))
        .route("/cases/{id}/prove", post(prove::make))
        .route("/cases/{id}/reply", post(hearing::reply))
        .route("/cases/{id}/text", get(picture::text))
        .route("/cases/{id}/trace", post(acts::trace))
        .layer(Extension(jobs::Jobs::default()))
        .layer(Extension(picture::Gallery::default()))
        .layer(Extension(show::Looked::default()))
}

/// A case's whole id as an address has it: 32 lower-case hexadecimal digits, and nothing else. What is none is known only after the role
/// was asked: `id.ok_or(Refusal::Missing)?`.
struct CaseId(Option<String>);

impl CaseId {
    fn of(given: &str) -> Self {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        Self((given.len() == 32 && given.bytes().all(digit)).then(|| given.to_owned()))
    }
}

impl FromRequestParts<Desk> for CaseId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Refusal> {
        let Ok(Path(given)) = Path::<Vec<(String, String)>>::from_request_parts(parts, desk).await else {
            return Ok(Self(None));
        };
        Ok(given.iter().find(|(name, _)| name == "id").map_or(Self(None), |(_, id)| Self::of(id)))
    }
}

/// Who reads cases.
const READERS: [Role; 3] = [Role::Analyst, Role::Approver, Role::Press];

fn reads(signed: &Signed) -> Result<(), Refusal> {
    signed.must_any(&READERS)
}

/// Who may know whose copy it was.
fn sees_names(signed: &Signed) -> bool {
    signed.roles.contains(&Role::Analyst) || signed.roles.contains(&Role::Approver)
}

/// What an address of a case says that there is none.
fn missing(error: Error) -> Refusal {
    match error {
        Error::UnknownCase { .. } | Error::UnknownEither { .. } => Refusal::Missing,
        other => other.into(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_an_id_and_nothing_else() {
        assert!(CaseId::of(&"0a".repeat(16)).0.is_some());
        for given in
            ["", "0a", "../../../../etc/passwd", "..%2f..%2f", &"0A".repeat(16), &"0g".repeat(16), &"0a".repeat(17)]
        {
            assert!(CaseId::of(given).0.is_none(), "{given}");
        }
    }
}
