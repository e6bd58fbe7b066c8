//! What a person sets for himself, and what the configuration says.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use countermark_office::{Door, Member};
use maud::{Markup, html};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::door::{SHORTEST, check_passphrase};
use crate::form::Checked;
use crate::refusal::sentence;
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/settings", get(page))
        .route("/settings/passphrase", post(passphrase))
        .route("/settings/codes", post(codes))
}

#[derive(Deserialize)]
struct Passphrase {
    old: String,
    passphrase: String,
    again: String,
}

#[derive(Deserialize)]
struct Codes {
    old: String,
    what: String,
}

/// Which form comes back with what was wrong.
#[derive(PartialEq, Clone, Copy)]
enum Part {
    Passphrase,
    Codes,
}

async fn page(State(desk): State<Desk>, signed: Signed) -> Result<Response, Refusal> {
    show(&desk, &signed, None).await
}

async fn passphrase(State(desk): State<Desk>, Checked(signed, form): Checked<Passphrase>) -> Result<Response, Refusal> {
    let changed = match check_passphrase(&form.passphrase, &form.again, &signed.name) {
        Ok(()) => desk.change_passphrase(&signed, Zeroizing::new(form.old), Zeroizing::new(form.passphrase)).await,
        Err(refused) => Err(refused.into()),
    };
    match changed {
        Ok(()) => {
            signed.say("Your passphrase is changed. Wherever else you were signed in, you are no more.");
            Ok(Redirect::to("/settings").into_response())
        }
        Err(Refusal::Input(told)) => show(&desk, &signed, Some((Part::Passphrase, &told))).await,
        Err(other) => Err(other),
    }
}

async fn codes(State(desk): State<Desk>, Checked(signed, form): Checked<Codes>) -> Result<Response, Refusal> {
    match desk.identity_of(&signed, &form.old).await {
        Ok(_) => {}
        Err(Refusal::Input(told)) => return show(&desk, &signed, Some((Part::Codes, &told))).await,
        Err(other) => return Err(other),
    }
    let (name, off) = (signed.name.clone(), form.what == "off");
    desk.office(&signed, move |office| {
        if off {
            office.stop_codes(&name)?
        } else {
            office.renew_codes(&name)?
        }
        Ok(())
    })
    .await?;
    if off {
        signed.say("One-time codes are off. Your passphrase alone lets you in.");
        return Ok(Redirect::to("/settings").into_response());
    }
    // They are shown and confirmed at the door, where everybody sets them up.
    desk.sessions().end_of(&signed.name, None);
    Ok(Redirect::to("/sign-in").into_response())
}

async fn show(desk: &Desk, signed: &Signed, told: Option<(Part, &str)>) -> Result<Response, Refusal> {
    let name = signed.name.clone();
    let member = desk.office(signed, move |office| Ok(office.member(&name)?)).await?;
    let configuration = desk.world(|outside| Ok(outside.configuration())).await?;
    let of = |part| told.filter(|(at, _)| *at == part).map(|(_, told)| told);
    let content = html! {
        h1 { "Settings" }
        @match &member {
            Some(member) => div.beside {
                (passphrase_form(signed, of(Part::Passphrase)))
                (codes_form(signed, member, of(Part::Codes)))
            },
            None => p.card { "You are no person of this vault: passphrase and codes can't be set here." },
        }
        section.card {
            h2 { "Lock the desk" }
            p { "The vault is closed and everybody is signed out. Posts wait in the inbox until somebody signs in again; alarms go out all the same." }
            form method="post" action="/lock" { (token(signed)) button { "Lock the desk" } }
        }
        (office(desk, signed, &configuration))
    };
    let status = if told.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, shell(signed, Place::Settings, "Settings", &[], &content)).into_response())
}

fn passphrase_form(signed: &Signed, told: Option<&str>) -> Markup {
    html! {
        form.card.fields method="post" action="/settings/passphrase" {
            (token(signed))
            h2 { "Your passphrase" }
            @if let Some(told) = told { p.error role="alert" { (sentence(told)) } }
            label for="old" { "The one that you have" }
            input #old name="old" type="password" autocomplete="current-password" required;
            label for="passphrase" { "A new one" }
            input #passphrase name="passphrase" type="password" autocomplete="new-password" required minlength=(SHORTEST) aria-describedby="new-hint";
            p.hint #new-hint { "Four or five words that nobody would put together. Ten characters are the least." }
            label for="again" { "The new passphrase once more" }
            input #again name="again" type="password" autocomplete="new-password" required;
            div.row { button { "Change it" } }
        }
    }
}

fn codes_form(signed: &Signed, member: &Member, told: Option<&str>) -> Markup {
    let (state, on) = match member.door {
        Door::Codes { recovery } => (html! { span.tag.good { "On" } " " (recovery) " recovery codes left." }, true),
        _ => (html! { span.tag.wait { "Off" } " Your passphrase alone lets you in." }, false),
    };
    html! {
        form.card.fields method="post" action="/settings/codes" {
            (token(signed))
            h2 { "One-time codes" }
            p { (state) }
            @if let Some(told) = told { p.error role="alert" { (sentence(told)) } }
            label for="codes-old" { "Your passphrase" }
            input #codes-old name="old" type="password" autocomplete="current-password" required;
            fieldset {
                legend { "What to do" }
                label { input type="radio" name="what" value="renew" checked;
                    @if on { "Set them up anew: another telephone, new recovery codes" } @else { "Turn them on" } }
                @if on { label { input type="radio" name="what" value="off"; "Turn them off" } }
            }
            p.hint { "To set them up you sign in once more." }
            div.row { button { "Do it" } }
        }
    }
}

fn office(desk: &Desk, signed: &Signed, configuration: &[(String, String)]) -> Markup {
    let habits = desk.outside().habits();
    html! {
        section.card {
            h2 { "The office" }
            dl {
                dt { "Language packs" }
                dd { "en" @for pack in &habits.packs { ", " (pack.name()) } }
                dt { "Recipients a message" } dd { "at most " (habits.max_recipients) }
                dt { "Chance of naming an unused copy" } dd { "at most " (habits.epsilon) ", unless a message says otherwise" }
                dt { "Codebooks are destroyed" } dd { "after " (habits.codebook_days) " days" }
                @for (name, value) in configuration { dt { (name) } dd { (value) } }
            }
            p.hint { "They stand in the configuration file beside the vault, and change when the desk is started again." }
            @if signed.roles.contains(&Role::Press) { p { a href="/answer/settings" { "What the public page shows" } } }
        }
    }
}
