//! The list of messages, a page at a time.

use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use countermark_office::{MessageLine, MessageList};
use countermark_web::when;
use maud::{Markup, html};
use serde::Deserialize;

use super::Names;
use super::fields::hex;
use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Role, Signed};

/// Lines of a page.
const LINES: usize = 50;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/messages", get(list))
}

#[derive(Deserialize)]
struct Asked {
    /// What is looked for.
    #[serde(default)]
    find: String,
    /// The page, from 1.
    page: Option<usize>,
}

async fn list(State(desk): State<Desk>, signed: Signed, Query(asked): Query<Asked>) -> Result<Markup, Refusal> {
    signed.must(Role::Writer)?;
    let page = asked.page.unwrap_or(1).max(1);
    let find = asked.find.clone();
    let from = (page - 1).saturating_mul(LINES);
    let (list, names) =
        desk.office(&signed, move |office| Ok((office.message_list(&find, from, LINES)?, Names::of(office)?))).await?;
    let content = html! {
        h1 { "Hand over" }
        @if list.all == 0 {
            p.empty { "Nothing is sealed yet. " a href="/write" { "Write a message" } ", and seal it from there." }
        } @else {
            form.row method="get" action="/messages" role="search" {
                label for="find" { "Title, reference or recipient" }
                input #find name="find" value=(asked.find) autocomplete="off";
                button.quiet { "Find" }
            }
            p.quiet { (list.found) " of " (list.all) " messages" }
            (table(&list, &names))
            (pages(&asked.find, page, list.found))
        }
    };
    Ok(shell(&signed, Place::Messages, "Hand over", &[], &content))
}

fn table(list: &MessageList, names: &Names) -> Markup {
    html! {
        table.list {
            thead { tr { th scope="col" { "Message" } th scope="col" { "Sealed" } th scope="col" { "To" } th scope="col" { "Sites" } th scope="col" { "State" } } }
            tbody { @for line in &list.lines { (row(line, names)) } }
        }
    }
}

fn row(line: &MessageLine, names: &Names) -> Markup {
    let to: Vec<&str> = line.to.iter().take(4).map(|handle| names.of_handle(handle)).collect();
    html! {
        tr {
            th scope="row" {
                a href={"/messages/" (hex(&line.message.0))} { (line.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&line.reference)) }
                @if line.title.is_some() { " " span.quiet { (line.reference) } }
            }
            td data-label="Sealed" { (when(line.sealed_ms / 1000)) }
            td data-label="To" { (to.join(", ")) @if line.to.len() > 4 { " and " (line.to.len() - 4) " more" } }
            td data-label="Sites" { (line.sites) }
            td {
                @if line.leaks > 0 { span.tag.bad { "published" } " " }
                @if line.as_sent { span.tag.quiet { "registered as sent" } }
                @else if line.handed == 0 { span.tag.wait { "not handed over" } }
                @else if line.handed < line.to.len() { span.tag.wait { (line.handed) " of " (line.to.len()) " handed over" } }
                @else { span.tag.good { "handed over" } }
                " "
                @if !line.logged { span.tag.wait { "not yet provable" } }
            }
        }
    }
}

fn pages(find: &str, page: usize, found: usize) -> Markup {
    let last = found.div_ceil(LINES).max(1);
    // Percent-encoded by hand: a query is text from a person.
    let find: String = super::encode(find);
    let link = |to: usize, name: &str, rel: &str| {
        html! { a href={"/messages?page=" (to) @if !find.is_empty() { "&find=" (find) }} rel=(rel) { (name) } }
    };
    html! {
        @if last > 1 {
            nav.row aria-label="Pages" {
                @if page > 1 { (link((page - 1).min(last), "Newer", "prev")) }
                span { "Page " (page) " of " (last) }
                @if page < last { (link(page + 1, "Older", "next")) }
            }
        }
    }
}
