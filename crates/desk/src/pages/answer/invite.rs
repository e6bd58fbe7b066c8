//! The right of reply: a personal link with its legal clock.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use countermark_office::MOST_REPLY_DAYS;
use countermark_statement::limits::LINE;
use countermark_web::{qr, when};
use maud::{Markup, html};

use super::{StatementId, fields, hex};
use crate::form::{Checked, Pairs};
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed};

/// How long somebody has to reply where nothing else is said.
const DAYS: u32 = 7;

/// `/answer/ID/invite`
pub(super) async fn page(State(desk): State<Desk>, signed: Signed, id: StatementId) -> Result<Markup, Refusal> {
    signed.must(Role::Press)?;
    let wanted = id.0.clone();
    let (title, on, heard) = desk
        .office(&signed, move |office| {
            let view = office.statement(&wanted)?;
            let site = office.site()?;
            let heard = match &view.summary.case {
                Some(case) => office.case(&hex(case))?.hearing.is_some(),
                None => false,
            };
            Ok((view.summary.title, site.features.replies, heard))
        })
        .await?;
    let content = html! {
        h1 { "Invite somebody to reply" }
        p.lead dir="auto" { (title) }
        @if !on { p.alert.wait { "The right of reply is off: the link works once it is turned on under " a href="/answer/settings" { "The public page" } "." } }
        form.fields method="post" action={ (id.href()) "/invite" } {
            (token(&signed))
            (fields::line("name", "Who, as the page will name him", "", Some("His reply stands under this name. Whoever is named here is named in public once he replies and you let it through.")))
            div {
                label for="days" { "Days to reply" }
                input #days name="days" type="number" min="1" max=(MOST_REPLY_DAYS) value=(DAYS) required aria-describedby="days-hint";
                p.hint #days-hint { "How long the law, or your word, gives him. The link says until when." }
            }
            @if heard {
                label { input type="checkbox" name="concerned" value="1"; span { "He is the person concerned of the case: his term is that of the hearing, and his reply stands in the case as well" } }
            }
            button.main { "Make the link" }
        }
    };
    Ok(shell(&signed, Place::Answer, "Invite", &[], &content))
}

/// `POST /answer/ID/invite`: the link is shown with this answer and is not asked for again.
pub(super) async fn invite(
    State(desk): State<Desk>,
    id: StatementId,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Response, Refusal> {
    signed.must(Role::Press)?;
    if let Some(at) = form.one("end") {
        let at: usize = at.parse().map_err(|_| Refusal::Missing)?;
        end(&desk, &signed, &id, at).await?;
        signed.say("Taken back: the link leads nowhere from now on.");
        return Ok(Redirect::to(&id.href()).into_response());
    }
    let name = form.one("name").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LINE {
        return Err(Refusal::Input(
            "an invitation needs the name of whom the page will show as replying: go back and write it".to_owned(),
        ));
    }
    let days = form.one("days").and_then(|days| days.parse().ok()).filter(|days| (1..=MOST_REPLY_DAYS).contains(days));
    let days = days.ok_or_else(|| {
        Refusal::Input(format!("the days to reply are a number from 1 to {MOST_REPLY_DAYS}: go back and write one"))
    })?;
    let concerned = form.one("concerned").is_some();
    let (wanted, who) = (id.0.clone(), name.clone());
    let (link, until_ms, whole) = desk
        .office(&signed, move |office| {
            let invitation = office.invite(&wanted, &who, days, concerned)?;
            let site = office.site()?;
            let link = format!("{}/reply/{}", site.address.as_deref().unwrap_or_default(), invitation.token);
            Ok((link, invitation.until_ms, site.address.is_some()))
        })
        .await?;
    let content = html! {
        h1 { "A personal link for " bdi { (name) } }
        p { "Give it to nobody else: whoever has it can reply in his name. It works until " (when(until_ms / 1000)) "." }
        section.card {
            p { code.code #link { (link) } }
            div.row { button.main type="button" data-copy="link" { "Copy the link" } span.quiet role="status" #copied {} }
            @if whole { @if let Some(picture) = qr(&link) { figure.figure { (picture) figcaption { "The same to photograph." } } } }
            @else { p.alert.wait { "The public page has no address yet: put it before this path, or write it down under " a href="/answer/settings" { "The public page" } " and make the link anew." } }
        }
        p { a.button href=(id.href()) { "Back to the statement" } }
    };
    Ok(shell(&signed, Place::Answer, "Invitation", &[super::SCRIPT.href()], &content).into_response())
}

/// Takes back the invitation of this number, from 0.
async fn end(desk: &Desk, signed: &Signed, id: &StatementId, at: usize) -> Result<(), Refusal> {
    let wanted = id.0.clone();
    desk.office(signed, move |office| {
        let view = office.statement(&wanted)?;
        let invitation = view.invitations.get(at).ok_or(Refusal::Missing)?;
        Ok(office.end_invitation(&wanted, &invitation.token)?)
    })
    .await
}
