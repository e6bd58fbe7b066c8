//! A bundle of a case: which parts it opens, what else it shows.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use countermark_office::{Error, Office, PartState, ProveRequest, Shows};
use maud::{Markup, html};

use super::jobs::{Jobs, Made, Outcome, Task};
use super::show::View;
use super::{CaseId, missing, reads, words};
use crate::form::{Checked, Pairs};
use crate::shell::token;
use crate::{Desk, Refusal, Signed};

/// The section; nothing for a case without a sealed message, or for whoever may make none.
pub(super) fn section(signed: &Signed, view: &View) -> Markup {
    if view.brief.finding.is_none() || reads(signed).is_err() {
        return html! {};
    }
    let case = view.case();
    let named = !case.named.is_empty();
    let nameable = matches!(case.summary.state, "approved" | "shown")
        && case.naming.as_ref().is_some_and(|n| n.approvers.len() >= 2);
    html! {
        section aria-labelledby="bundle" {
            h2 #bundle { "Make a bundle" }
            p { "The evidence in one file, which anybody can check without this desk. Closed parts stand in it as numbered holes." }
            form.fields.stack.card method="post" action={ "/cases/" (view.id) "/prove" } {
                (token(signed))
                fieldset {
                    legend { "Parts that it opens" }
                    @for (at, state) in view.brief.parts.iter().enumerate() {
                        label { input type="checkbox" name="part" value=(at + 1) checked[!matches!(state, PartState::LeftOut | PartState::Around)]; span { "Part " (at + 1) " " span.tag.(tag(*state)) { (word(*state)) } } }
                    }
                }
                @if named && view.names {
                    fieldset {
                        legend { "What else it shows" }
                        label { input type="radio" name="shows" value="text" checked; span { "Nothing" } }
                        label { input type="radio" name="shows" value="copy"; span { "Which copy it was, by its number: its wordings in the open parts have left the desk then, and count for nothing in what is published later" } }
                        @if nameable { label { input type="radio" name="shows" value="name"; span { "The copy and the recipient's name, as two approvers signed" } } }
                    }
                }
                div {
                    label for="words" { "The writer's words" }
                    textarea #words name="words" rows="2" maxlength="2000" aria-describedby="words-hint" {}
                    p.hint #words-hint { "Optional. They stand in the bundle as what they are: said now, not sealed." }
                }
                @if !view.brief.logged { p.hint { "The message's leaf is not in the log yet: making the bundle publishes a batch early. Whoever watches the log sees that something was wanted, not what." } }
                button { "Make the bundle" }
            }
        }
    }
}

fn word(state: PartState) -> &'static str {
    match state {
        PartState::Altered => "published altered",
        PartState::Around => "around the letter, not published",
        PartState::LeftOut => "not published",
        PartState::Whole => "published as written",
    }
}

fn tag(state: PartState) -> &'static str {
    match state {
        PartState::Altered => "bad",
        PartState::Around => "quiet",
        PartState::LeftOut => "wait",
        PartState::Whole => "good",
    }
}

/// Publishes what is due and, where the leaf of the case's message still waits, a batch with it; then asks the outside clocks. `check` tells
/// before what is wrong with what is wanted: nothing is put into the log for it.
pub(super) async fn make_provable(
    desk: &Desk,
    signed: &Signed,
    id: &str,
    check: impl FnOnce(&mut Office) -> Result<(), Refusal> + Send + 'static,
) -> Result<(), Refusal> {
    let id = id.to_owned();
    let log = move |office: &mut Office| {
        check(office)?;
        put_in_log(office, &id)
    };
    if desk.office(signed, log).await? {
        desk.ask_clocks().await;
    }
    Ok(())
}

/// Says whether anything was published.
fn put_in_log(office: &mut Office, id: &str) -> Result<bool, Refusal> {
    let mut published = office.publish_due()?.is_some();
    let message = office.meant(id)?;
    if !message.logged {
        published |= office.publish_now(Some(&message.message))?.is_some();
    }
    Ok(published)
}

/// `POST /cases/ID/prove`
pub(super) async fn make(
    State(desk): State<Desk>,
    Extension(jobs): Extension<Jobs>,
    CaseId(id): CaseId,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Response, Refusal> {
    reads(&signed)?;
    let id = id.ok_or(Refusal::Missing)?;
    let shows = match form.one("shows") {
        None | Some("" | "text") => Shows::Text,
        Some("copy") if super::sees_names(&signed) => Shows::Copy,
        Some("name") if super::sees_names(&signed) => Shows::Name,
        Some(_) => return Err(Refusal::Role),
    };
    let parts = form.all("part").map(|part| part.parse::<usize>().map_err(|_| Refusal::Missing));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() {
        return Err(Refusal::Input("a bundle opens at least one part".to_owned()));
    }
    let said = form.one("words").map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
    let who = signed.clone();
    let work = async move {
        let (case, open, words) = (id.clone(), parts.clone(), said.clone());
        let check = move |office: &mut Office| {
            let request =
                ProveRequest { message: &case, parts: Some(open), capture: None, words: words.as_deref(), shows };
            office.check_proof(&request).map_err(missing)
        };
        make_provable(&desk, &who, &id, check).await?;
        let made = desk.office(&who, move |office| {
            let request = ProveRequest { message: &id, parts: Some(parts), capture: None, words: said.as_deref(), shows };
            let mut bundle = Vec::new();
            let proved = office.prove::<Error>(&request, |bytes| {
                bundle = bytes.to_vec();
                Ok(())
            })?;
            let content = html! {
                p { (words::count(proved.opened.len() as u64, "part is", "parts are")) " open, " (proved.closed.len()) " closed. The file has " (words::grouped(bundle.len() as u64)) " bytes." }
                @if !proved.stamped { p.alert.wait { "No independent clock has spoken yet: the time in it is your word. The page Log adds time-stampers and witnesses." } }
                p { a href={ "/cases/" (id) } { "Back to the case" } }
            };
            let name = format!("case-{}.json", &id[..8]);
            Ok(Outcome::Made(Arc::new(Made { title: "The bundle", content, name, bytes: Bytes::from(bundle) })))
        });
        made.await
    };
    jobs.run(&signed, Task { what: "Making the bundle", back: "/cases" }, work).await
}
