//! Outside clocks: witnesses and time-stampers, added and removed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use countermark_office::{Office, Timestamper, Witness};
use maud::{Markup, html};
use serde::Deserialize;

use super::show;
use crate::form::Checked;
use crate::shell::token;
use crate::{Desk, Refusal, Role, Signed};

#[derive(Deserialize)]
pub(super) struct NewWitness {
    key: String,
    url: String,
}

#[derive(Deserialize)]
pub(super) struct NewTimestamper {
    url: String,
    anchors: String,
}

#[derive(Deserialize)]
pub(super) struct Gone {
    name: String,
}

pub(super) async fn add_witness(
    State(desk): State<Desk>,
    Checked(signed, given): Checked<NewWitness>,
) -> Result<Response, Refusal> {
    signed.must(Role::Approver)?;
    let url = given.url.trim().to_owned();
    added(&desk, &signed, url.clone(), move |office| {
        office.add_witness(&given.key, &url)?;
        Ok(())
    })
    .await
}

pub(super) async fn add_timestamper(
    State(desk): State<Desk>,
    Checked(signed, given): Checked<NewTimestamper>,
) -> Result<Response, Refusal> {
    signed.must(Role::Approver)?;
    let url = given.url.trim().to_owned();
    added(&desk, &signed, url.clone(), move |office| Ok(office.add_timestamper(&url, &given.anchors)?)).await
}

pub(super) async fn remove_witness(
    State(desk): State<Desk>,
    Checked(signed, gone): Checked<Gone>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Approver)?;
    desk.office(&signed, move |office| Ok(office.remove_witness(&gone.name)?)).await?;
    signed.say("This witness is asked no more. What it cosigned stays.");
    Ok(Redirect::to("/log"))
}

pub(super) async fn remove_timestamper(
    State(desk): State<Desk>,
    Checked(signed, gone): Checked<Gone>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Approver)?;
    desk.office(&signed, move |office| Ok(office.remove_timestamper(&gone.name)?)).await?;
    signed.say("This time-stamper is asked no more. What it stamped stays.");
    Ok(Redirect::to("/log"))
}

/// Adds a clock, and asks it at once.
async fn added(
    desk: &Desk,
    signed: &Signed,
    url: String,
    add: impl FnOnce(&mut Office) -> Result<(), Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let asked = async {
        desk.world(move |outside| outside.check_clock(&url)).await?;
        desk.office(signed, add).await?;
        Ok(desk.ask_clocks().await)
    };
    let told = match asked.await {
        Ok(failed) => {
            let said = if failed.is_empty() {
                "It is asked from now on.".to_owned()
            } else {
                format!("It is asked from now on. Just now: {}", failed.join("; "))
            };
            signed.say(said);
            return Ok(Redirect::to("/log").into_response());
        }
        Err(Refusal::Input(told)) => told,
        Err(Refusal::Office(error)) => error.to_string(),
        Err(other) => return Err(other),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(desk, signed, Some(&told)).await?).into_response())
}

pub(super) fn list(signed: &Signed, approver: bool, witnesses: &[Witness], timestampers: &[Timestamper]) -> Markup {
    html! {
        section.stack {
            h2 { "Outside clocks" }
            p { "They see hashes, sizes and times, no message. Without one, when you sealed is your own word." }
            @if witnesses.is_empty() && timestampers.is_empty() {
                div.empty { p { "Nobody vouches for the time." } @if !approver { p { "Whoever approves in your office can add a time-stamper or a witness here." } } }
            } @else {
                div.wide { table.list {
                    thead { tr { th { "Who" } th { "Kind" } th { "Where" } th { "" } } }
                    tbody {
                        @for witness in witnesses { tr {
                            th scope="row" { (witness.key.name().as_str()) }
                            td data-label="Kind" { "witness" @if witness.cosigned > 0 { br; span.hint { "cosigned " (witness.cosigned) " leaves" } } }
                            td data-label="Where" { (witness.url) }
                            td { @if approver { (gone(signed, "/log/witnesses/remove", witness.key.name().as_str())) } }
                        } }
                        @for stamper in timestampers { tr {
                            th scope="row" { (stamper.url) }
                            td data-label="Kind" { "time-stamper" }
                            td data-label="Where" { (stamper.url) }
                            td { @if approver { (gone(signed, "/log/timestampers/remove", &stamper.url)) } }
                        } }
                    }
                } }
            }
            @if approver { (forms(signed)) }
        }
    }
}

fn gone(signed: &Signed, at: &str, name: &str) -> Markup {
    html! {
        form method="post" action=(at) {
            (token(signed))
            input type="hidden" name="name" value=(name);
            button.quiet aria-label={ "Remove " (name) } { "Remove" }
        }
    }
}

fn forms(signed: &Signed) -> Markup {
    html! {
        div.beside {
            form.card.fields method="post" action="/log/timestampers" {
                (token(signed))
                h3 { "Add a time-stamper" }
                label for="stamper" { "Where it is asked" }
                input #stamper name="url" type="url" placeholder="https://..." required;
                label for="anchors" { "Its certificates (PEM)" }
                textarea #anchors name="anchors" rows="4" required aria-describedby="anchors-hint" {}
                p.hint #anchors-hint { "Those that you trust to say the time; its operator publishes them." }
                div.row { button { "Add" } }
            }
            form.card.fields method="post" action="/log/witnesses" {
                (token(signed))
                h3 { "Add a witness" }
                label for="witness-key" { "Its public key" }
                input #witness-key name="key" placeholder="name+1a2b3c4d+..." autocomplete="off" required;
                label for="witness-url" { "Where it is asked" }
                input #witness-url name="url" type="url" placeholder="https://..." required;
                div.row { button { "Add" } }
            }
        }
    }
}
