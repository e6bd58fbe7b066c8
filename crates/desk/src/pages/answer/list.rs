//! The list of statements.

use axum::extract::State;
use countermark_office::StatementSummary;
use countermark_web::when;
use maud::{Markup, html};

use super::{count, hex, reads, writes};
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Signed};

/// `/answer`
pub(super) async fn page(State(desk): State<Desk>, signed: Signed) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let all = desk.office(&signed, |office| Ok(office.statements()?)).await?;
    let waiting: usize = all.iter().map(|statement| statement.waiting).sum();
    let (written, published): (Vec<_>, Vec<_>) = all.iter().partition(|statement| statement.versions == 0);
    let content = html! {
        div.row {
            h1 { "Answer" }
            @if writes(&signed) {
                form.end method="post" action="/answer/new" { (token(&signed)) button { "Write a notice" } }
            }
        }
        (tabs(Tab::Statements, waiting))
        @if all.is_empty() {
            div.empty {
                p { "No statement has been written." }
                p { "Open a " a href="/cases" { "case" } " and press Answer: the statement begins with what is known." }
            }
        }
        @if !written.is_empty() { section { h2 { "Drafts" } (table(&written)) } }
        @if !published.is_empty() { section { h2 { "Published" } (table(&published)) } }
    };
    Ok(shell(&signed, Place::Answer, "Answer", &[], &content))
}

/// The pages of this part of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Replies,
    Settings,
    Statements,
}

/// The way between them.
pub(super) fn tabs(at: Tab, waiting: usize) -> Markup {
    let current = |tab: Tab| (tab == at).then_some("page");
    html! {
        nav.tabs aria-label="Answer" {
            a href="/answer" aria-current=[current(Tab::Statements)] { "Statements" }
            a href="/answer/replies" aria-current=[current(Tab::Replies)] {
                "Replies and comments" @if waiting > 0 { " " span.tag.wait { (waiting) " waiting" } }
            }
            a href="/answer/settings" aria-current=[current(Tab::Settings)] { "The public page" }
        }
    }
}

fn table(statements: &[&StatementSummary]) -> Markup {
    html! {
        div.wide { table.list {
            thead { tr {
                th scope="col" { "Title" } th scope="col" { "State" } th scope="col" { "Kind" } th scope="col" { "Last change" }
            } }
            tbody {
                @for statement in statements {
                    tr {
                        th scope="row" {
                            a href={ "/answer/" (hex(&statement.id)) } {
                                bdi { @if statement.title.trim().is_empty() { "Without a title" } @else { (statement.title) } }
                            }
                        }
                        td data-label="State" {
                            (state(statement))
                            @if statement.waiting > 0 { " " span.tag.wait { (count(statement.waiting, "reply or comment", "replies and comments")) " waiting" } }
                        }
                        td data-label="Kind" { (kind(statement.kind)) }
                        td data-label="Last change" { (when(statement.changed_ms / 1000)) }
                    }
                }
            }
        } }
    }
}

/// The state in a word.
pub(super) fn state(statement: &StatementSummary) -> Markup {
    let version = || format!("version {}", statement.versions);
    html! {
        @match statement.state() {
            "withdrawn" => { span.tag.bad { "withdrawn" } }
            "draft" => { span.tag.quiet { "draft" } }
            "changed" => { span.tag.good { (version()) } " " span.tag.wait { "changed since" } }
            _ => { span.tag.good { (version()) } }
        }
    }
}

/// What a statement answers, in words.
pub(super) fn kind(kind: countermark_statement::Kind) -> &'static str {
    use countermark_statement::Kind;
    match kind {
        Kind::Invented => "invented words",
        Kind::Leak => "a published message",
        Kind::Notice => "a notice",
        Kind::Reworded => "a message in other words",
    }
}
