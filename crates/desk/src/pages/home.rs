//! The first page: what needs somebody.

use axum::Router;
use axum::routing::get;
use maud::{Markup, html};

use crate::shell::{Place, shell};
use crate::{Desk, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/", get(page))
}

async fn page(signed: Signed) -> Markup {
    shell(&signed, Place::Home, "Desk", &[], &html! { h1 { "Desk" } })
}
