//! Cases: what is out, what of it is the office's own, what was decided about it.
//!
//! Everybody of the office reads cases. Whose copy it was is for analysts and approvers alone, and that they looked stands in the audit
//! trail. Below the line nothing is shown but bits: no page depends on a codeword unless a copy is named.

mod list;
mod show;
mod words;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::routing::get;

use crate::{Desk, Refusal, Role, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/cases", get(list::cases))
        .route("/cases/matches", get(list::matches))
        .route("/cases/{id}", get(show::page))
}

/// A case's whole id as an address has it: 32 lower-case hexadecimal digits, and nothing else.
#[derive(Clone)]
struct CaseId(String);

impl CaseId {
    fn of(given: &str) -> Option<Self> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (given.len() == 32 && given.bytes().all(digit)).then(|| Self(given.to_owned()))
    }
}

impl FromRequestParts<Desk> for CaseId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Refusal> {
        // Whoever is not signed in learns nothing of what is an id.
        Signed::from_request_parts(parts, desk).await?;
        let Path(given) =
            Path::<Vec<(String, String)>>::from_request_parts(parts, desk).await.map_err(|_| Refusal::Missing)?;
        let id = given.into_iter().find(|(name, _)| name == "id").map(|(_, id)| id);
        id.and_then(|id| Self::of(&id)).ok_or(Refusal::Missing)
    }
}

/// Whoever has any part in the office reads cases.
fn reads(signed: &Signed) -> Result<(), Refusal> {
    if signed.roles.is_empty() { Err(Refusal::Role) } else { Ok(()) }
}

/// Who may know whose copy it was.
fn sees_names(signed: &Signed) -> bool {
    signed.roles.contains(&Role::Analyst) || signed.roles.contains(&Role::Approver)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_an_id_and_nothing_else() {
        assert!(CaseId::of(&"0a".repeat(16)).is_some());
        for given in
            ["", "0a", "../../../../etc/passwd", "..%2f..%2f", &"0A".repeat(16), &"0g".repeat(16), &"0a".repeat(17)]
        {
            assert!(CaseId::of(given).is_none(), "{given}");
        }
    }
}
