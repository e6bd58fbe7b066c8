//! The sign-in page, and the ways out.

mod codes;
mod first;
mod invited;

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, http};
use maud::{Markup, html};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::door::{Given, Refused};
use crate::form::Checked;
use crate::knock::{Knock, Visitor};
use crate::refusal::{Refusal, sentence};
use crate::session::Stage;
use crate::shell::bare;
use crate::{Desk, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/sign-in", get(page).post(enter))
        .route("/sign-in/first", post(first::found))
        .route("/sign-in/invited", get(invited::page).post(invited::take_up))
        .route("/sign-in/codes", get(codes::page).post(codes::confirm))
        .route("/sign-out", post(out))
        .route("/lock", post(lock))
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Deserialize)]
struct Form {
    name: String,
    passphrase: String,
    #[serde(default)]
    code: String,
}

async fn page(
    State(desk): State<Desk>,
    signed: Option<Extension<Signed>>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    if signed.is_some_and(|Extension(signed)| signed.stage == Stage::Whole) {
        return Ok(Redirect::to("/").into_response());
    }
    if unfounded(&desk).await? {
        return Ok(first::page(&desk, &visitor, &first::Typed::default(), None));
    }
    Ok(visitor.page(StatusCode::OK, form(&visitor, "", None)))
}

async fn enter(State(desk): State<Desk>, Knock(visitor, form): Knock<Form>) -> Response {
    let given = Given { name: form.name.clone(), passphrase: Zeroizing::new(form.passphrase), code: form.code };
    match desk.enter(visitor.peer, given).await {
        Ok((admission, stage)) => visitor.admit(&admission, stage),
        Err(refused) => again(&refused, &visitor, |told| self::form(&visitor, form.name.trim(), Some(told))),
    }
}

async fn out(State(desk): State<Desk>, Checked(signed, Nothing {}): Checked<Nothing>) -> Redirect {
    desk.sessions().end(&signed.session);
    Redirect::to("/sign-in")
}

/// Locks the desk: the vault's keys leave the memory, and everybody is signed out.
async fn lock(State(desk): State<Desk>, Checked(signed, Nothing {}): Checked<Nothing>) -> Result<Redirect, Refusal> {
    desk.office(&signed, |office| Ok(office.note("desk lock", "")?)).await?;
    let locked = tokio::task::spawn_blocking(move || desk.lock()).await;
    locked.map_err(|_| Refusal::Machine("the desk could not be locked; stop it".to_owned()))?;
    Ok(Redirect::to("/sign-in"))
}

/// The desk's file is read from a disk.
async fn unfounded(desk: &Desk) -> Result<bool, Refusal> {
    let desk = desk.clone();
    let looked = tokio::task::spawn_blocking(move || desk.is_unfounded()).await;
    Ok(looked.map_err(|_| Refusal::Machine("the desk's file could not be read".to_owned()))??)
}

/// A form again, with what was wrong.
fn again(refused: &Refused, visitor: &Visitor, page: impl FnOnce(&str) -> Markup) -> Response {
    let (status, told) = told(refused);
    let mut answer = visitor.page(status, page(&told));
    if let Refused::TooMany(seconds) = refused {
        answer.headers_mut().insert(http::header::RETRY_AFTER, http::HeaderValue::from((*seconds).max(1)));
    }
    answer
}

/// What is said of a refusal.
fn told(refused: &Refused) -> (StatusCode, String) {
    match refused {
        Refused::Wrong | Refused::WrongCode(_) => (
            StatusCode::UNAUTHORIZED,
            "Name, passphrase or code are wrong. A code can be used once and holds half a minute: wait for the next one before you try again.".to_owned(),
        ),
        Refused::TooMany(seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, sentence(&Refusal::TooMany(*seconds).to_string()))
        }
        Refused::Input(text) => (StatusCode::UNPROCESSABLE_ENTITY, sentence(text)),
        Refused::Machine(text) => (StatusCode::INTERNAL_SERVER_ERROR, sentence(text)),
    }
}

fn form(visitor: &Visitor, name: &str, told: Option<&str>) -> Markup {
    bare(
        "Sign in",
        &html! {
            h1 { "Sign in" }
            @if let Some(told) = told { p.alert role="alert" { (told) } }
            form.card.fields method="post" action="/sign-in" {
                (visitor.token())
                label for="name" { "Your name" }
                input #name name="name" value=(name) autocomplete="username" required autofocus[name.is_empty()];
                label for="passphrase" { "Passphrase" }
                input #passphrase name="passphrase" type="password" autocomplete="current-password" required
                    autofocus[!name.is_empty()];
                label for="code" { "One-time code" }
                input #code name="code" autocomplete="one-time-code" inputmode="numeric" maxlength="40" aria-describedby="code-hint";
                p.hint #code-hint { "Six digits from your telephone, or one of your recovery codes. Empty at your first sign-in." }
                div.row { button.main { "Sign in" } }
            }
            p.hint { "Invited? " a href="/sign-in/invited" { "Take up your invitation" } "." }
            @if let Some(wanted) = visitor.wanted() {
                p.hint {
                    "Signed in already, and came here by a link from elsewhere? "
                    a href=(wanted) { "Go on to the page" } "."
                }
            }
        },
    )
}

/// Two fields for a passphrase that is to be set.
fn new_passphrase(label: &str, describe: bool) -> Markup {
    html! {
        label for="passphrase" { (label) }
        input #passphrase name="passphrase" type="password" autocomplete="new-password" required minlength=(crate::door::SHORTEST)
            aria-describedby=[describe.then_some("passphrase-hint")];
        @if describe {
            p.hint #passphrase-hint {
                "Long counts, not odd: four or five words that nobody would put together are better than a short one with digits and signs. Ten characters are the least."
            }
        }
        label for="again" { "Your passphrase once more" }
        input #again name="again" type="password" autocomplete="new-password" required;
    }
}
