//! One-time codes are set up: shown once, confirmed by one of them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use countermark_office::BegunCodes;
use countermark_web::qr;
use maud::{Markup, html};
use serde::Deserialize;

use crate::door::{Refused, code};
use crate::form::Checked;
use crate::knock::Visitor;
use crate::session::Stage;
use crate::shell::{bare, token};
use crate::{Desk, Refusal, Signed};

#[derive(Deserialize)]
pub(super) struct Form {
    code: String,
}

pub(super) async fn page(State(desk): State<Desk>, signed: Signed) -> Result<Response, Refusal> {
    if signed.stage == Stage::Whole {
        return Ok(Redirect::to("/settings").into_response());
    }
    let begun = begun(&desk, &signed).await?;
    Ok(form(&signed, &begun, None).into_response())
}

pub(super) async fn confirm(
    State(desk): State<Desk>,
    visitor: Visitor,
    Checked(signed, form): Checked<Form>,
) -> Result<Response, Refusal> {
    if signed.stage == Stage::Whole {
        return Ok(Redirect::to("/settings").into_response());
    }
    match desk.confirm(&signed, form.code).await {
        Ok(admission) => Ok(visitor.admit(&admission, Stage::Whole)),
        Err(Refused::Wrong) => {
            let begun = begun(&desk, &signed).await?;
            let told = "This is not the code of now. Look whether the clocks of your telephone and of this desk agree, and take the next one.";
            Ok((StatusCode::UNPROCESSABLE_ENTITY, self::form(&signed, &begun, Some(told))).into_response())
        }
        Err(refused) => Err(refused.into()),
    }
}

async fn begun(desk: &Desk, signed: &Signed) -> Result<BegunCodes, Refusal> {
    let name = signed.name.clone();
    desk.office(signed, move |office| Ok(office.begin_codes(&name)?)).await
}

fn form(signed: &Signed, begun: &BegunCodes, told: Option<&str>) -> Markup {
    let picture = code::address(&begun.secret, &signed.name).and_then(|address| qr(&address));
    let content = html! {
        h1 { "One-time codes" }
        p.lead { "From now on you sign in with your passphrase and a code from your telephone. Whoever learns the passphrase alone stays out." }
        @if let Some(told) = told { p.alert role="alert" { (told) } }
        div.beside {
            section {
                h2 { "1. Photograph" }
                p { "Scan this with a program for one-time codes (TOTP), on a telephone that stays with you." }
                @if let Some(picture) = picture { (picture) }
                p { "Or type:" }
                p.code { (code::typed(&begun.secret)) }
            }
            section {
                h2 { "2. Keep these" }
                p { "Each of these recovery codes lets you in once, on the day on which the telephone is gone. Print them or write them down; they are not shown again." }
                ul.code { @for code in begun.recovery.iter() { li { (code) } } }
            }
        }
        form.card.fields method="post" action="/sign-in/codes" {
            (token(signed))
            h2 { "3. Confirm" }
            label for="code" { "The code that is shown now" }
            input #code name="code" autocomplete="one-time-code" inputmode="numeric" maxlength="10" required;
            div.row { button.main { "Confirm and go to the desk" } }
        }
    };
    bare("One-time codes", &content)
}
