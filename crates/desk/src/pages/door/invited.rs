//! A new person takes up an invitation.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{again, new_passphrase};
use crate::Desk;
use crate::door::check_passphrase;
use crate::knock::{Knock, Visitor};
use crate::session::Stage;
use crate::shell::bare;

#[derive(Deserialize)]
pub(super) struct Form {
    code: String,
    passphrase: String,
    again: String,
}

pub(super) async fn page(visitor: Visitor) -> Response {
    visitor.page(StatusCode::OK, form(&visitor, None))
}

pub(super) async fn take_up(State(desk): State<Desk>, Knock(visitor, form): Knock<Form>) -> Response {
    let done = match check_passphrase(&form.passphrase, &form.again, "") {
        Ok(()) => desk.take_up(visitor.peer, &form.code, Zeroizing::new(form.passphrase)).await,
        Err(refused) => Err(refused),
    };
    match done {
        Ok(admission) => visitor.admit(&admission, Stage::Codes),
        Err(refused) => again(&refused, &visitor, |told| self::form(&visitor, Some(told))),
    }
}

fn form(visitor: &Visitor, told: Option<&str>) -> Markup {
    bare(
        "Invitation",
        &html! {
            h1 { "Take up your invitation" }
            p.lead { "Somebody of the office gave you a code. You choose a passphrase that nobody else knows, also not who invited you." }
            @if let Some(told) = told { p.alert role="alert" { (told) } }
            form.card.fields method="post" action="/sign-in/invited" {
                (visitor.token())
                label for="code" { "Invitation code" }
                input #code name="code" autocomplete="off" required aria-describedby="code-hint";
                p.hint #code-hint { "Four groups of five letters and digits. It holds seven days and is good once." }
                (new_passphrase("A passphrase of your own", true))
                div.row { button.main { "Go on" } a.button.quiet href="/sign-in" { "To the sign-in page" } }
            }
        },
    )
}
