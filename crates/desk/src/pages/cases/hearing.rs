//! The person concerned is heard, then two approvers sign, before a name may be said.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use countermark_office::{Error, MOST_DAYS, Office};
use countermark_web::when;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

use super::jobs::{Jobs, Made, Outcome, Task};
use super::show::View;
use super::{CaseId, lit, missing, prove, words};
use crate::form::Checked;
use crate::shell::token;
use crate::{Desk, Refusal, Role, Signed};

/// The section; nothing where no recipient's copy is named, or where he may not know it.
pub(super) fn section(signed: &Signed, view: &View) -> Markup {
    let case = view.case();
    let one = matches!(case.named.as_slice(), [Some(_)]);
    if !one || !view.names {
        return html! {};
    }
    html! {
        section aria-labelledby="hearing" {
            h2 #hearing { "Before a name is said" }
            ol.steps.stack {
                li { h3 { "The person concerned is heard" } (heard(signed, view)) }
                li { h3 { "Two approvers sign" } (signing(signed, view)) }
            }
        }
    }
}

fn heard(signed: &Signed, view: &View) -> Markup {
    let (case, analyst) = (view.case(), signed.roles.contains(&Role::Analyst));
    let Some(hearing) = &case.hearing else {
        return html! {
            p { "He is sent the evidence, without his name in it, and a slot for his reply. What he gets has left the desk: from then on no copy of this message can be told by the places that his copy shows, in no text, and not in this case either." }
            @if !view.nameable { p.alert.wait { "This message was sealed with fewer than two approvers: no name can ever be said of it in public, whatever he replies." } }
            @if analyst {
                form.fields.stack method="post" action={ "/cases/" (view.id) "/hear" } {
                    (token(signed))
                    div { label for="days" { "Days for his reply" } input #days type="number" name="days" value="14" min="1" max=(MOST_DAYS) required; }
                    button { "Make the evidence for him" }
                }
            }
        };
    };
    html! {
        p { "The evidence was made " (when(hearing.at_ms / 1000)) ". " @if view.now_ms < hearing.until_ms { "A reply is waited for until " (when(hearing.until_ms / 1000)) "." } @else { "The term ended " (when(hearing.until_ms / 1000)) "." } }
        @match &hearing.reply {
            Some(reply) => {
                p.hint { "His reply, kept " (when(reply.at_ms / 1000)) @if !reply.slot { ", without its slot: that it is his is the office's word" } }
                blockquote.kept { bdi { (lit::clean(&words::short_lines(&reply.text, 6_000))) } }
            },
            None if analyst => {
                form.fields.stack method="post" action={ "/cases/" (view.id) "/reply" } {
                    (token(signed))
                    div { label for="reply" { "His reply" } textarea #reply name="text" rows="4" required maxlength="60000" dir="auto" {} }
                    div {
                        label for="slot" { "The slot that came with it" }
                        input #slot type="text" name="slot" maxlength="64" autocomplete="off" spellcheck="false" aria-describedby="slot-hint";
                        p.hint #slot-hint { "Leave it empty where it did not: then the case says that the reply is his on the office's word." }
                    }
                    button { "Keep the reply" }
                }
                form method="post" action={ "/cases/" (view.id) "/hear" } {
                    (token(signed)) input type="hidden" name="days" value="14";
                    button.quiet { "Make the evidence again" }
                }
            },
            None => {},
        }
    }
}

fn signing(signed: &Signed, view: &View) -> Markup {
    let case = view.case();
    let waits = match &case.hearing {
        None => Some("He is heard first."),
        Some(hearing) if hearing.reply.is_none() && view.now_ms < hearing.until_ms => {
            Some("His term runs, and no reply is there.")
        }
        Some(_) => None,
    };
    let done = case.naming.as_ref().map_or(0, |naming| naming.approvers.len());
    html! {
        @if let Some(naming) = &case.naming {
            dl {
                dt { "Statement" } dd.kept { bdi { (lit::clean(&naming.statement)) } }
                dt { "Reason" } dd.kept { bdi { (lit::clean(&naming.reason)) } }
                dt { "Signed by" } dd { @for (at, who) in naming.approvers.iter().enumerate() { @if at > 0 { ", " } bdi { (who.as_deref().unwrap_or("a person since removed")) } } }
            }
        }
        @if done >= 2 {
            p { span.tag.good { "approved" } " The name may be said in a bundle." }
        } @else if let Some(waits) = waits {
            p.quiet { (waits) }
        } @else if signed.roles.contains(&Role::Approver) {
            form.fields.stack method="post" action={ "/cases/" (view.id) "/approve" } {
                (token(signed))
                @if case.naming.is_none() {
                    div { label for="statement" { "What is stated" } textarea #statement name="statement" rows="3" required maxlength="20000" {} }
                    div { label for="why" { "Why the name is made public" } input #why type="text" name="reason" required maxlength="1000"; }
                } @else {
                    p { "By signing you say the same, for the same reason." }
                }
                div {
                    label for="passphrase" { "The passphrase of your identity" }
                    input #passphrase type="password" name="passphrase" required autocomplete="current-password" aria-describedby="passphrase-hint";
                    p.hint #passphrase-hint { "It opens your own key for this one signature." }
                }
                button { "Sign" @if done == 0 { " as the first" } @else { " as the second" } }
            }
        } @else {
            p.quiet { (2 - done) " of two signatures missing. Approvers sign here." }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Days {
    days: String,
}

/// `POST /cases/ID/hear`
pub(super) async fn hear(
    State(desk): State<Desk>,
    Extension(jobs): Extension<Jobs>,
    CaseId(id): CaseId,
    Checked(signed, Days { days }): Checked<Days>,
) -> Result<Response, Refusal> {
    signed.must(Role::Analyst)?;
    let id = id.ok_or(Refusal::Missing)?;
    let days = days.trim().parse::<u32>().map_err(|_| Refusal::Input("a term has 1 to 90 days".to_owned()))?;
    let who = signed.clone();
    let work = async move {
        let case = id.clone();
        let check = move |office: &mut Office| office.check_hearing(&case, days).map_err(missing);
        prove::make_provable(&desk, &who, &id, check).await?;
        let made = desk.office(&who, move |office| {
            let mut bundle = Vec::new();
            // It lies in memory, for this session: whoever loses it has it made again.
            let evidence = office.hear::<Error>(&id, days, |bytes| {
                bundle = bytes.to_vec();
                Ok(())
            })?;
            let content = html! {
                p { "Send him the file and this slot. Whoever gives the slot with a reply is taken for him." }
                dl {
                    dt { "Reply slot" } dd { code.code #slot { (evidence.slot) } }
                    dt { "Until" } dd { (when(evidence.until_ms / 1000)) }
                }
                @if evidence.stood { p { "He was sent the evidence before: slot and term stay as they were." } }
                @if !evidence.nameable { p.alert.wait { "The message was sealed with fewer than two approvers: no name can ever be said of it, whatever he replies." } }
                p { "The wordings of his copy are out of the desk with it: no copy of this message can be told by their places any more." }
                p { a href={ "/cases/" (id) } { "Back to the case" } }
            };
            let name = format!("evidence-{}.json", &id[..8]);
            Ok(Outcome::Made(Arc::new(Made { title: "The evidence for the person concerned", content, name, bytes: Bytes::from(bundle) })))
        });
        made.await
    };
    jobs.run(&signed, Task { what: "Making the evidence", back: "/cases" }, work).await
}

#[derive(Deserialize)]
pub(super) struct Given {
    text: String,
    #[serde(default)]
    slot: String,
}

/// `POST /cases/ID/reply`
pub(super) async fn reply(
    State(desk): State<Desk>,
    CaseId(id): CaseId,
    Checked(signed, given): Checked<Given>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Analyst)?;
    let id = id.ok_or(Refusal::Missing)?;
    let to = format!("/cases/{id}#hearing");
    desk.office(&signed, move |office| {
        let slot = given.slot.trim();
        let slot = (!slot.is_empty()).then_some(slot);
        office.keep_reply(&id, slot, given.text.trim_end()).map_err(missing)
    })
    .await?;
    Ok(Redirect::to(&to))
}

/// What an approver gives.
#[derive(Deserialize)]
pub(super) struct Signature {
    #[serde(default)]
    statement: String,
    #[serde(default)]
    reason: String,
    passphrase: String,
}

/// `POST /cases/ID/approve`
pub(super) async fn approve(
    State(desk): State<Desk>,
    CaseId(id): CaseId,
    Checked(signed, given): Checked<Signature>,
) -> Result<Response, Refusal> {
    signed.must(Role::Approver)?;
    let id = id.ok_or(Refusal::Missing)?;
    let to = format!("/cases/{id}#hearing");
    let passphrase = zeroize::Zeroizing::new(given.passphrase);
    let identity = desk.identity_of(&signed, &passphrase).await?;
    desk.office(&signed, move |office| {
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (statement, reason) = (said(&given.statement), said(&given.reason));
        office.approve(&id, &identity, statement.as_deref(), reason.as_deref()).map_err(missing)
    })
    .await?;
    Ok(Redirect::to(&to).into_response())
}
