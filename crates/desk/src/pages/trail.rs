//! The audit trail: who did what, when and why, each entry verified against those before it.

mod sentence;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::routing::get;
use countermark_office::{Office, Trail};
use countermark_vault::Entry;
use countermark_web::when;
use maud::{Markup, html};
use serde::Deserialize;

use self::sentence::{Subjects, said};
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
#[derive(Deserialize, Default, Clone)]
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
    let asked = wanted.clone();
    let found =
        desk.office(&signed, move |office| Ok(office.trail().map(|trail| Found::of(office, trail, &asked)))).await?;
    let content = html! {
        h1 { "Audit trail" }
        @match &found {
            Err(error) => {
                p.alert role="alert" { (sentence(&error.to_string())) }
                p { "Nothing in it can be relied on. Compare the vault with a backup, and the log with what others keep of it: " code { "countermark log audit" } " says more." }
            }
            Ok(found) => { (verified(&found.trail)) (search(&wanted)) (list(found, &wanted)) }
        }
    };
    Ok(shell(&signed, Place::Trail, "Audit trail", &[], &content))
}

fn verified(trail: &Trail) -> Markup {
    let count = trail.entries.len();
    html! {
        p { span.tag.good { "Whole" } " All " (count) " entries fit together: none is missing, changed or out of order." }
        p.hint { "Every one was opened and verified at " (when(trail.whole_ms / 1000)) "; what came later, as it came." }
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

/// The entries of one page, and what they are about.
struct Found {
    trail: Arc<Trail>,
    /// Their places in the trail.
    lines: Vec<usize>,
    page: usize,
    pages: usize,
    subjects: Subjects,
}

impl Found {
    fn of(office: &Office, trail: Arc<Trail>, wanted: &Wanted) -> Self {
        let words: Vec<String> = wanted.words.split_whitespace().map(str::to_lowercase).collect();
        let fitting = trail.entries.iter().enumerate().rev().filter(|(_, entry)| fits(entry, &words));
        let found: Vec<usize> = fitting.map(|(at, _)| at).collect();
        let pages = found.len().div_ceil(LINES).max(1);
        let page = wanted.page.parse::<usize>().unwrap_or(1).clamp(1, pages);
        let lines = found[((page - 1) * LINES).min(found.len())..(page * LINES).min(found.len())].to_vec();
        let acts = lines.iter().filter_map(|at| trail.entries.get(*at)).map(|entry| &entry.act);
        let subjects = Subjects::of(office, acts);
        Self { lines, page, pages, subjects, trail }
    }
}

fn list(found: &Found, wanted: &Wanted) -> Markup {
    let at = |page: usize| format!("/trail?words={}&page={page}", segment(&wanted.words));
    let (page, pages) = (found.page, found.pages);
    html! {
        @if found.lines.is_empty() { div.empty { p { "No entry is like that." } } } @else {
            div.wide { table.list {
                thead { tr { th { "No." } th { "When" } th { "What happened" } th { "Why" } th { "As it is recorded" } } }
                tbody { @for Entry { number, act, .. } in found.lines.iter().filter_map(|at| found.trail.entries.get(*at)) { tr {
                    td.number data-label="No." { (number) }
                    td data-label="When" { (when(act.at / 1000)) }
                    td data-label="What happened" { bdi { (act.who) } " " (said(act, &found.subjects)) }
                    td data-label="Why" { @if let Some(reason) = &act.reason { bdi { (reason) } } }
                    td.recorded.quiet data-label="As it is recorded" { (act.act) @if !act.subject.is_empty() { " " code { (act.subject) } } }
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
    if words.is_empty() {
        return true;
    }
    let act = &entry.act;
    let reason = act.reason.as_deref().unwrap_or_default();
    let said = sentence::said(act, &Subjects::default()).into_string();
    let whole = format!("{} {} {} {reason} {said}", act.who, act.act, act.subject).to_lowercase();
    words.iter().all(|word| whole.contains(word))
}
