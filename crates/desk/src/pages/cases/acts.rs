//! What is done to a case by a short form: a note, a look for the copy.

use axum::Extension;
use axum::extract::State;
use axum::response::{Redirect, Response};
use serde::Deserialize;

use super::jobs::{Jobs, Outcome, Task};
use super::{CaseId, missing};
use crate::form::Checked;
use crate::{Desk, Refusal, Role};

/// The longest note, in bytes.
const MOST_NOTE: usize = 20_000;

/// The longest reason.
const MOST_REASON: usize = 400;

#[derive(Deserialize)]
pub(super) struct Note {
    text: String,
}

/// `POST /cases/ID/note`
pub(super) async fn note(
    State(desk): State<Desk>,
    CaseId(id): CaseId,
    Checked(signed, Note { text }): Checked<Note>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Analyst)?;
    let id = id.ok_or(Refusal::Missing)?;
    let text = text.trim().replace("\r\n", "\n");
    if text.is_empty() {
        return Err(Refusal::Input("the note is empty".to_owned()));
    }
    if text.len() > MOST_NOTE {
        return Err(Refusal::Input("the note is longer than 20,000 bytes".to_owned()));
    }
    let to = format!("/cases/{id}#notes");
    desk.office(&signed, move |office| office.note_case(&id, &text).map_err(missing)).await?;
    Ok(Redirect::to(&to))
}

#[derive(Deserialize)]
pub(super) struct Look {
    reason: String,
}

/// `POST /cases/ID/trace`: a look for the copy, which counts.
pub(super) async fn trace(
    State(desk): State<Desk>,
    Extension(jobs): Extension<Jobs>,
    CaseId(id): CaseId,
    Checked(signed, Look { reason }): Checked<Look>,
) -> Result<Response, Refusal> {
    signed.must(Role::Analyst)?;
    let id = id.ok_or(Refusal::Missing)?;
    if reason.trim().is_empty() || reason.len() > MOST_REASON {
        return Err(Refusal::Input("say in one line why a copy is looked for".to_owned()));
    }
    let who = signed.clone();
    let work = async move {
        let to = format!("/cases/{id}#copy");
        desk.office(&who, move |office| office.trace_case(&id, &reason).map(drop).map_err(missing)).await?;
        Ok(Outcome::To(to))
    };
    jobs.run(&signed, Task { what: "Looking for the copy", back: "/cases" }, work).await
}

/// `POST /cases/ID/again`: the text is read again, with the names and the messages as they are now. No look is taken.
pub(super) async fn again(
    State(desk): State<Desk>,
    Extension(jobs): Extension<Jobs>,
    CaseId(id): CaseId,
    Checked(signed, Nothing {}): Checked<Nothing>,
) -> Result<Response, Refusal> {
    signed.must(Role::Analyst)?;
    let id = id.ok_or(Refusal::Missing)?;
    let who = signed.clone();
    let work = async move {
        let to = format!("/cases/{id}");
        let names = super::open::names(&desk)?;
        desk.office(&who, move |office| office.read_case_again(&id, &names).map(drop).map_err(missing)).await?;
        who.say("The text was read again, with the names and the messages as they are now.");
        Ok(Outcome::To(to))
    };
    jobs.run(&signed, Task { what: "Reading the text again", back: "/cases" }, work).await
}

#[derive(Deserialize)]
pub(super) struct Nothing {}
