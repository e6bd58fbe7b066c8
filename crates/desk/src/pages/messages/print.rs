//! Copies on paper, one a page.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::{shown, text};
use crate::shell::bare;
use crate::{Desk, Refusal, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/messages/{id}/print", get(page))
}

#[derive(Deserialize)]
struct Asked {
    /// One copy alone, by its number.
    copy: Option<usize>,
}

async fn page(
    State(desk): State<Desk>,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let shown = shown(&desk, &signed, &id).await?;
    let numbers = match asked.copy {
        Some(number) => number..=number,
        None => 1..=shown.message.copies.iter().filter(|(recipient, _)| recipient.is_some()).count(),
    };
    let mut copies = Vec::new();
    for number in numbers {
        copies.push(text(&desk, &signed, &shown, number).await?);
    }
    let content = html! {
        div.off-paper.stack {
            p { a href=(shown.here()) { "Back to " (shown.name()) } }
            h1 { "To print: " (shown.name()) }
            p { "Each copy comes on a sheet of its own. The lines in grey are not printed: put each sheet into the right envelope before you take the next." }
        }
        @for copy in &copies {
            p.off-paper.quiet { "For " (shown.names.called(copy.recipient.as_deref())) }
            article.sheet.letter aria-label={"Copy for " (shown.names.called(copy.recipient.as_deref()))} { (copy.text) }
        }
    };
    Ok(bare("To print", &content))
}
