//! One message: whether it can be proved yet, its copies and how they left, its parts.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use countermark_office::{CodebookState, until_ms};
use countermark_web::when;
use maud::{Markup, html};

use super::{Shown, shown};
use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/messages/{id}", get(page))
}

async fn page(State(desk): State<Desk>, signed: Signed, Path(id): Path<String>) -> Result<Markup, Refusal> {
    let shown = shown(&desk, &signed, &id).await?;
    let content = html! {
        p { a href="/messages" { "All messages" } }
        h1 { (shown.name()) }
        (state(&shown))
        (copies(&shown))
        (codebook(&shown, desk.outside().habits().codebook_days))
        (parts(&shown))
    };
    Ok(shell(&signed, Place::Messages, shown.name(), &[], &content))
}

/// Whether its leaf is out, and what that means.
fn state(shown: &Shown) -> Markup {
    let message = &shown.message;
    html! {
        section.card.stack aria-label="State" {
            p {
                "Reference " code { (message.summary.reference) } ", sealed " (when(message.summary.sealed_ms / 1000)) "; "
                (message.summary.sites) @if message.summary.sites == 1 { " site" } @else { " sites" } (format!(", {:.1} bits.", message.bits))
            }
            @if let Some(day) = message.as_sent { p { "Registered as already sent on " (when(day)) ", without marks." } }
            p {
                @match (message.summary.logged, shown.provable_at) {
                    (true, _) => { span.tag.good { "provable" } " Its leaf is in the log: a proof of any of its parts can be made, under Answer." }
                    (false, Some(at)) => { span.tag.wait { "sealed, not yet provable" } " Provable at " (when(at)) ", when the next batch of the log goes out." }
                    (false, None) => { span.tag.wait { "sealed, not yet provable" } " Its leaf waits for the log's next batch." }
                }
            }
        }
    }
}

fn copies(shown: &Shown) -> Markup {
    let message = &shown.message;
    let recipients = message.copies.iter().filter(|(recipient, _)| recipient.is_some()).count();
    let numbered = || message.copies.iter().enumerate().map(|(at, copy)| (at + 1, copy));
    html! {
        section aria-labelledby="copies" {
            h2 #copies { "Copies to hand over" }
            p { a href={(shown.here()) "/print"} { "Print all, one a page" } }
            table.list {
                thead { tr { th scope="col" { "Recipient" } th scope="col" { "State" } th scope="col" { "How it left" } } }
                tbody {
                    @for (number, (recipient, handed)) in numbered().filter(|(_, (recipient, _))| recipient.is_some()) {
                        tr {
                            th scope="row" { a href={(shown.here()) "/copies/" (number)} { (shown.names.called(recipient.as_deref())) } }
                            td {
                                @match handed.len() {
                                    0 => span.tag.wait { "not handed over" },
                                    1 => span.tag.good { "handed over" },
                                    times => span.tag.bad { "handed over " (times) " times" },
                                }
                            }
                            td { (ways(handed)) }
                        }
                    }
                }
            }
            @if recipients < message.copies.len() {
                h3 { "The office's own" }
                p.hint { "What the office keeps and quotes from. It leaves the house with nobody." }
                ul {
                    @for (number, (_, handed)) in numbered().filter(|(_, (recipient, _))| recipient.is_none()) {
                        li {
                            a href={(shown.here()) "/copies/" (number)} { "File copy" }
                            @if !handed.is_empty() { " " span.tag.bad { "left the house" } " " (ways(handed)) }
                        }
                    }
                }
            }
        }
    }
}

fn ways(handed: &[countermark_office::Handed]) -> Markup {
    html! {
        @for (at, one) in handed.iter().enumerate() {
            @if at > 0 { "; " }
            (one.way) ", " (when(one.at_ms / 1000))
        }
    }
}

fn codebook(shown: &Shown, days: u32) -> Markup {
    let message = &shown.message;
    let until = until_ms(message.summary.sealed_ms, message.as_sent, days);
    html! {
        section aria-labelledby="codebook" {
            h2 #codebook { "Codebook" }
            @match message.codebook {
                _ if message.summary.sites == 0 => p { "There is none: the message has no site, and every copy is the same text." },
                CodebookState::Kept => p {
                    span.tag.good { "kept" } " While it is, a published text can be traced to a copy."
                    @if let Some(until) = until { " It is destroyed after " (days) " days, from " (when(until / 1000)) " on; the proof of the text stays." }
                },
                CodebookState::NoKey => p { span.tag.bad { "its key is missing" } " No copy can be told from another until the key file is put back." },
                CodebookState::Destroyed { at_ms } => p { span.tag.quiet { "destroyed" } " On " (when(at_ms / 1000)) ". Nobody can tell whose copy a text is any more; the proof of the text stays." },
            }
            @if let Some(looks) = message.looks.filter(|looks| *looks > 0) {
                p.hint { (looks) @if looks == 1 { " look" } @else { " looks" } " for a copy so far. Each further one needs a little more evidence." }
            }
        }
    }
}

fn parts(shown: &Shown) -> Markup {
    html! {
        section aria-labelledby="parts" {
            h2 #parts { "Parts" }
            p.hint { "What is opened or stays closed in a proof, as the office's own copy reads." }
            ol.parts { @for part in &shown.message.parts { li { (part.trim()) } } }
        }
    }
}
