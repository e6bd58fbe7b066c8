//! The list of drafts: a new one, another name, away with it.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::routing::{get, post};
use countermark_office::{DraftLine, MOST_TITLE};
use countermark_web::when;
use maud::{Markup, html};

use super::{called, missing};
use crate::form::Checked;
use crate::pages::fields::{Fields, hex, id};
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed};

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/write", get(list).post(begin)).route("/write/{id}/delete", post(delete))
}

async fn list(State(desk): State<Desk>, signed: Signed) -> Result<Markup, Refusal> {
    signed.must(Role::Writer)?;
    let drafts = desk.office(&signed, |office| Ok(office.drafts()?)).await?;
    let content = html! {
        h1 { "Write" }
        form.card.fields method="post" action="/write" {
            (token(&signed))
            label for="title" { "What do you call the new message?" }
            input #title name="title" maxlength=(MOST_TITLE / 4) autocomplete="off";
            p.hint { "Only the office sees the title; it stands in no copy." }
            div.row { button.main { "Begin" } }
        }
        h2 { "Drafts" }
        @if drafts.is_empty() {
            p.empty { "There is no draft. Begin one above: what you type is kept in the vault while you type." }
        } @else {
            (table(&signed, &drafts))
        }
    };
    Ok(shell(&signed, Place::Write, "Write", &[], &content))
}

fn table(signed: &Signed, drafts: &[DraftLine]) -> Markup {
    html! {
        table.list {
            thead { tr { th scope="col" { "Title" } th scope="col" { "Words" } th scope="col" { "To" } th scope="col" { "Changed" } th scope="col" { "State" } th scope="col" { "Delete" } } }
            tbody {
                @for draft in drafts {
                    tr {
                        th scope="row" { a href={"/write/" (hex(&draft.id))} { (called(&draft.title)) } }
                        td data-label="Words" { (draft.words) }
                        td data-label="To" { (draft.to.join(", ")) }
                        td data-label="Changed" { (when(draft.changed_ms / 1000)) }
                        td {
                            @match draft.sealed {
                                0 => span.tag.quiet { "draft" },
                                1 => span.tag.good { "sealed" },
                                times => span.tag.good { "sealed " (times) " times" },
                            }
                        }
                        td {
                            details {
                                summary { "Delete…" }
                                form method="post" action={"/write/" (hex(&draft.id)) "/delete"} {
                                    (token(signed))
                                    @if draft.sealed > 0 { p.hint { "What was sealed stays. The audit trail notes that the draft is gone." } }
                                    @else { p.hint { "Nothing of it can be brought back." } }
                                    button.quiet { "Delete " (called(&draft.title)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

async fn begin(State(desk): State<Desk>, Checked(signed, fields): Checked<Fields>) -> Result<Redirect, Refusal> {
    signed.must(Role::Writer)?;
    let (title, text) = (fields.get("title").trim().to_owned(), fields.text("text"));
    let draft = desk.office(&signed, move |office| Ok(office.new_draft(&title, &text)?)).await?;
    Ok(Redirect::to(&format!("/write/{}", hex(&draft.id))))
}

async fn delete(
    State(desk): State<Desk>,
    Path(given): Path<String>,
    Checked(signed, _): Checked<Fields>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Writer)?;
    let id = id(&given).ok_or(Refusal::Missing)?;
    desk.office(&signed, move |office| Ok(office.remove_draft(&id)?)).await.map_err(missing)?;
    Ok(Redirect::to("/write"))
}
