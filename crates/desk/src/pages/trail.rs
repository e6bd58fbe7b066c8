//! The audit trail: who did what, when and why, verified as it is read.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::routing::get;
use countermark_office::Trail;
use countermark_vault::Entry;
use countermark_web::when;
use maud::{Markup, html};
use serde::Deserialize;

use super::fields::segment;
use crate::refusal::sentence;
use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Role, Signed};

/// Entries on a page.
const LINES: usize = 50;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/trail", get(page))
}

/// What is looked for; whatever is none of it counts for nothing.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    words: String,
    page: String,
}

async fn page(
    State(desk): State<Desk>,
    signed: Signed,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Markup, Refusal> {
    signed.must_any(&[Role::Analyst, Role::Approver])?;
    let wanted = wanted.map(|Query(wanted)| wanted).unwrap_or_default();
    // That the trail is broken is what somebody comes here for: it is the page's content, and no error.
    let trail = desk.office(&signed, |office| Ok(office.trail())).await?;
    let content = html! {
        h1 { "Audit trail" }
        @match &trail {
            Err(error) => {
                p.alert role="alert" { (sentence(&error.to_string())) }
                p { "Nothing in it can be relied on. Compare the vault with a backup, and the log with what others keep of it: " code { "countermark log audit" } " says more." }
            }
            Ok(trail) => { (verified(trail)) (search(&wanted)) (list(trail, &wanted)) }
        }
    };
    Ok(shell(&signed, Place::Trail, "Audit trail", &[], &content))
}

fn verified(trail: &Trail) -> Markup {
    let count = trail.entries.len();
    html! {
        p { span.tag.good { "Whole" } " All " (count) " entries fit together: none is missing, changed or out of order." }
        @match trail.logged {
            Some((entries, leaf)) => p.hint {
                "Up to entry " (entries) " its head stands in the log (leaf " (leaf) "): a vault that is set back to before that shows."
                @if (entries as usize) < count { " The " (count - entries as usize) " after it go into the log with one of its next batches." }
            },
            None => p.hint { "Its head is not in the log yet; it goes there with one of the next batches." },
        }
    }
}

fn search(wanted: &Wanted) -> Markup {
    html! {
        form.row method="get" action="/trail" role="search" {
            label for="words" { "Find" }
            input #words name="words" value=(wanted.words) aria-describedby="words-hint";
            button { "Find" }
            span.hint #words-hint { "in who, what, why" }
            @if !wanted.words.is_empty() { a href="/trail" { "All entries" } }
        }
    }
}

fn list(trail: &Trail, wanted: &Wanted) -> Markup {
    let words: Vec<String> = wanted.words.split_whitespace().map(str::to_lowercase).collect();
    let found: Vec<&Entry> = trail.entries.iter().rev().filter(|entry| fits(entry, &words)).collect();
    let pages = found.len().div_ceil(LINES).max(1);
    let page = wanted.page.parse::<usize>().unwrap_or(1).clamp(1, pages);
    let lines = &found[((page - 1) * LINES).min(found.len())..(page * LINES).min(found.len())];
    let at = |page: usize| format!("/trail?words={}&page={page}", segment(&wanted.words));
    html! {
        @if lines.is_empty() { div.empty { p { "No entry is like that." } } } @else {
            div.wide { table.list {
                thead { tr { th { "No." } th { "When" } th { "Who" } th { "What" } th { "Of what" } th { "Why" } } }
                tbody { @for Entry { number, act, .. } in lines { tr {
                    td.number data-label="No." { (number) }
                    td data-label="When" { (when(act.at / 1000)) }
                    td data-label="Who" { (act.who) }
                    td data-label="What" { (act.act) }
                    td data-label="Of what" { (act.subject) }
                    td data-label="Why" { @if let Some(reason) = &act.reason { (reason) } }
                } } }
            } }
            nav.row aria-label="Pages of the trail" {
                @if page > 1 { a href=(at(page - 1)) { "Newer" } }
                span.quiet { "Page " (page) " of " (pages) }
                @if page < pages { a href=(at(page + 1)) { "Older" } }
            }
        }
    }
}

/// Whether every word stands somewhere in the entry.
fn fits(entry: &Entry, words: &[String]) -> bool {
    let act = &entry.act;
    let reason = act.reason.as_deref().unwrap_or_default();
    let whole = format!("{} {} {} {reason}", act.who, act.act, act.subject).to_lowercase();
    words.iter().all(|word| whole.contains(word))
}
