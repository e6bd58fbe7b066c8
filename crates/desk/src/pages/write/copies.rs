//! What any copy could read: samples, since the real wordings are drawn at sealing.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use countermark_codebook::{Codebook, Key};
use countermark_marking::{Master, Piece};
use countermark_office::PersonRecord;
use maud::{Markup, html};
use serde::Deserialize;

use super::sitting;
use super::{Loaded, aside, called, loaded, packs};
use crate::pages::fields::hex;
use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/write/{id}/copies", get(page))
}

#[derive(Deserialize)]
struct Asked {
    copy: Option<usize>,
}

async fn page(
    State(desk): State<Desk>,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let loaded = loaded(&desk, &signed, &id).await?;
    aside(move || {
        let taken = sitting::take_up(&loaded.draft, &packs(&desk), &loaded.remembered);
        let content = html! {
            p { a href={"/write/" (hex(&loaded.draft.id))} { "Back to " (called(&loaded.draft.title)) } }
            h1 { "Sample copies" }
            @match &taken {
                Err(refused) => p.alert { (sitting::words(refused).0) "." },
                Ok((review, _)) => (samples(&loaded, review.master(), asked.copy.unwrap_or(1))),
            }
        };
        Ok(shell(&signed, Place::Write, "Sample copies", &[], &content))
    })
    .await
}

fn samples(loaded: &Loaded, master: &Master, wanted: usize) -> Markup {
    let recipients = loaded.recipients() as usize;
    let alternatives: Vec<u8> =
        master.sites().iter().map(|site| u8::try_from(site.alternatives).unwrap_or(u8::MAX)).collect();
    // The key is all zeros: whatever is drawn when the message is sealed, it is not this.
    let drawn =
        (!alternatives.is_empty()).then(|| Codebook::draw(&Key::from_bytes([0; 32]), &alternatives, recipients + 1));
    let rows: Vec<Vec<u8>> = match &drawn {
        None => vec![Vec::new(); recipients],
        Some(Ok(book)) => book.rows().to_vec(),
        Some(Err(_)) => Vec::new(),
    };
    let number = wanted.clamp(1, rows.len().max(1));
    let file = |number: usize| number > recipients;
    html! {
        p {
            "A copy " strong { "could" } " read so. This is a sample: which wordings a copy really gets is drawn when the message is sealed, and nobody knows it before."
        }
        @if master.sites().is_empty() { p { "The letter has no accepted site: every copy is the same text." } }
        @if rows.is_empty() { p.alert { "There are fewer different texts than copies: accept more sites." } }
        @if let Some(row) = rows.get(number - 1) {
            nav.row aria-label="Sample copies" {
                @for other in 1..=rows.len().min(60) {
                    a href={"?copy=" (other)} aria-current=[(other == number).then_some("page")] {
                        @if file(other) { "file copy" } @else { (loaded.draft.to.get(other - 1).map_or_else(|| format!("copy {other}"), Clone::clone)) }
                    }
                }
            }
            @let person = loaded.draft.to.get(number - 1).and_then(|to| loaded.people.iter().find(|person| person.handle == *to));
            @let differs = row.iter().filter(|symbol| **symbol > 0).count();
            p.quiet { (differs) " of " (row.len()) " sites read otherwise than in your text; they are lit." }
            div.letter { (text(master, row, person)) }
        }
    }
}

/// A copy with every site lit that reads otherwise than the letter.
pub(in crate::pages) fn text(master: &Master, row: &[u8], person: Option<&PersonRecord>) -> Markup {
    html! {
        @for piece in master.pieces() {
            @match piece {
                Piece::Text(text) => (text),
                Piece::Field(name) => {
                    @match person.and_then(|person| person.fields.get(name).or_else(|| (name == "name").then_some(&person.name))) {
                        Some(value) => (value),
                        None => span.field { "[" (name) "]" },
                    }
                }
                Piece::Site { site, alternatives } => {
                    @let symbol = usize::from(row.get(*site).copied().unwrap_or(0));
                    @let words = alternatives.get(symbol).map_or("", String::as_str);
                    @if symbol == 0 { mark.site { (words) } }
                    @else if words.is_empty() { ins title={"in your text: " (alternatives.first().map_or("", String::as_str))} { span aria-label="left out" { "‸" } } }
                    @else { ins title={"in your text: " (alternatives.first().map_or("", String::as_str))} { (words) } }
                }
            }
        }
    }
}
