//! The first person sets the desk up, on the sign-in page itself.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{again, new_passphrase};
use crate::Desk;
use crate::door::{First, Refused, check_name, check_passphrase};
use crate::knock::{Knock, Visitor};
use crate::session::Stage;
use crate::shell::bare;

/// What is kept of a form that comes again: no secret.
#[derive(Default)]
pub(super) struct Typed {
    name: String,
    origin: String,
}

#[derive(Deserialize)]
pub(super) struct Form {
    set_up: String,
    #[serde(default)]
    origin: String,
    vault: String,
    #[serde(default)]
    vault_again: String,
    name: String,
    passphrase: String,
    again: String,
}

pub(super) async fn found(State(desk): State<Desk>, Knock(visitor, form): Knock<Form>) -> Response {
    match super::unfounded(&desk).await {
        Ok(true) => {}
        Ok(false) => {
            let told = "This desk is set up already: sign in.";
            return visitor.page(StatusCode::UNPROCESSABLE_ENTITY, super::form(&visitor, form.name.trim(), Some(told)));
        }
        Err(refused) => return refused.into_response(),
    }
    let typed = Typed { name: form.name.trim().to_owned(), origin: form.origin.trim().to_owned() };
    let first = match checked(&desk, form) {
        Ok(first) => first,
        Err(refused) => return refuse(&desk, &visitor, &typed, &refused),
    };
    match desk.found(visitor.peer, first).await {
        Ok(admission) => visitor.admit(&admission, Stage::Codes),
        Err(refused) => refuse(&desk, &visitor, &typed, &refused),
    }
}

fn checked(desk: &Desk, form: Form) -> Result<First, Refused> {
    let told = |text: &str| Refused::Input(text.to_owned());
    let name = check_name(&form.name)?;
    check_passphrase(&form.passphrase, &form.again, &name)?;
    if form.vault.is_empty() {
        return Err(told("the vault's passphrase is missing"));
    }
    if !desk.outside().has_vault() {
        check_passphrase(&form.vault, &form.vault_again, &name)?;
        if form.vault == form.passphrase {
            return Err(told(
                "the vault's passphrase and your own must differ: yours you type every day, the vault's stays in a safe",
            ));
        }
    }
    let origin = Some(form.origin.trim().to_owned()).filter(|origin| !origin.is_empty());
    Ok(First {
        set_up: Zeroizing::new(form.set_up),
        origin,
        vault: Zeroizing::new(form.vault),
        name,
        passphrase: Zeroizing::new(form.passphrase),
    })
}

fn refuse(desk: &Desk, visitor: &Visitor, typed: &Typed, refused: &Refused) -> Response {
    let (_, told) = super::told(refused);
    let mut answer = page(desk, visitor, typed, Some(&told));
    let shown = again(refused, visitor, |_| html! {});
    *answer.status_mut() = shown.status();
    if let Some(wait) = shown.headers().get(axum::http::header::RETRY_AFTER) {
        answer.headers_mut().insert(axum::http::header::RETRY_AFTER, wait.clone());
    }
    answer
}

pub(super) fn page(desk: &Desk, visitor: &Visitor, typed: &Typed, told: Option<&str>) -> Response {
    let there = desk.outside().has_vault();
    let content = html! {
        h1 { "Set up the desk" }
        p.lead {
            "Nobody of the office can sign in yet. Whoever started the desk has a set-up code; with it you become its first person, and invite the others."
        }
        @if let Some(told) = told { p.alert role="alert" { (told) } }
        form.card.fields method="post" action="/sign-in/first" {
            (visitor.token())
            h2 { "The office" }
            label for="set_up" { "Set-up code" }
            input #set_up name="set_up" autocomplete="off" required aria-describedby="set_up-hint";
            p.hint #set_up-hint { "It stands where the desk was started, on its last lines." }
            @if there {
                label for="vault" { "The vault's passphrase" }
                input #vault name="vault" type="password" autocomplete="off" required aria-describedby="vault-hint";
                p.hint #vault-hint { "The one that the vault was made with." }
            } @else {
                label for="vault" { "A passphrase for the vault" }
                input #vault name="vault" type="password" autocomplete="new-password" required aria-describedby="vault-hint";
                p.hint #vault-hint {
                    "The vault is made now. This passphrase opens it without any person: write it down, put it into a safe, and use it for nothing else. If it is lost and nobody can sign in, nobody can open the vault."
                }
                label for="vault_again" { "The vault's passphrase once more" }
                input #vault_again name="vault_again" type="password" autocomplete="new-password" required;
                details {
                    summary { "A name for the log" }
                    label for="origin" { "The log's name" }
                    input #origin name="origin" value=(typed.origin) placeholder="example.org/log" autocomplete="off" aria-describedby="origin-hint";
                    p.hint #origin-hint { "Readers see it in every proof; it can't be changed later. Empty: a random one." }
                }
            }
            h2 { "You" }
            label for="name" { "Your name" }
            input #name name="name" value=(typed.name) autocomplete="username" required;
            (new_passphrase("A passphrase of your own", true))
            div.row { button.main { "Set up" } }
            p.hint { "Next you set up one-time codes. Making a vault takes a few seconds." }
        }
    };
    visitor.page(StatusCode::OK, bare("Set up the desk", &content))
}
