//! The sign-in page, and the way out.

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

use crate::Desk;
use crate::form::Checked;
use crate::shell::bare;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/sign-in", get(page)).route("/sign-out", post(out))
}

async fn page() -> Markup {
    bare("Sign in", &html! { h1 { "Sign in" } })
}

#[derive(Deserialize)]
struct Nothing {}

async fn out(
    axum::extract::State(desk): axum::extract::State<Desk>,
    Checked(signed, Nothing {}): Checked<Nothing>,
) -> Redirect {
    desk.sessions().end(&signed.session);
    Redirect::to("/sign-in")
}
