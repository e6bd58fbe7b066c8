//! The list of cases, and of the posts that opened none.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use countermark_office::{CaseSummary, Matched};
use countermark_web::when;
use maud::{Markup, html};
use serde::Deserialize;

use super::lit::clean;
use super::{hex, reads, words};
use crate::shell::{Place, shell};
use crate::{Desk, Refusal, Role, Signed};

/// Lines on a page of a list.
const LINES: usize = 50;

/// What is asked for; whatever is none of it counts for nothing.
#[derive(Deserialize, Default)]
pub(super) struct Wanted {
    #[serde(default)]
    state: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    page: String,
}

impl Wanted {
    fn page(&self, lines: usize) -> usize {
        self.page.parse::<usize>().unwrap_or(1).clamp(1, lines.div_ceil(LINES).max(1))
    }
}

/// `/cases`
pub(super) async fn cases(
    State(desk): State<Desk>,
    signed: Signed,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let wanted = wanted.map(|Query(wanted)| wanted).unwrap_or_default();
    let (cases, now) = desk.office(&signed, |office| Ok((office.cases()?, office.now_ms()))).await?;
    let of = |case: &&CaseSummary| {
        (wanted.state.is_empty() || case.state == wanted.state) && (wanted.kind.is_empty() || case.kind == wanted.kind)
    };
    let found: Vec<&CaseSummary> = cases.iter().filter(of).collect();
    let page = wanted.page(found.len());
    let content = html! {
        (head(&signed, Tab::Cases))
        @if cases.is_empty() {
            div.empty {
                p { "There is no case. The watcher opens one when a post shows a message of yours." }
                @if signed.roles.contains(&Role::Analyst) { p { a href="/cases/new" { "Open one on a screenshot, a text or an address" } } }
            }
        } @else {
            (filter(&wanted))
            @if found.is_empty() {
                div.empty { p { "No case is like that." } p { a href="/cases" { "All cases" } } }
            } @else {
                (table(now, &found[(page - 1) * LINES..(page * LINES).min(found.len())]))
                (pages("/cases", &[("state", &wanted.state), ("kind", &wanted.kind)], page, found.len()))
            }
        }
    };
    Ok(shell(&signed, Place::Cases, "Cases", &[], &content))
}

#[derive(PartialEq, Clone, Copy)]
enum Tab {
    Cases,
    Matches,
}

fn head(signed: &Signed, tab: Tab) -> Markup {
    html! {
        div.row {
            h1 { "Cases" }
            @if signed.roles.contains(&Role::Analyst) { a.button.main.end href="/cases/new" { "Open a case" } }
        }
        nav.tabs aria-label="Cases" {
            a href="/cases" aria-current=[(tab == Tab::Cases).then_some("page")] { "Cases" }
            a href="/cases/matches" aria-current=[(tab == Tab::Matches).then_some("page")] { "Posts without a case" }
        }
    }
}

fn filter(wanted: &Wanted) -> Markup {
    html! {
        form.row.filter method="get" action="/cases" {
            label { "State "
                select name="state" {
                    option value="" { "all" }
                    @for state in words::STATES { option value=(state) selected[wanted.state == state] { (words::state(state).0) } }
                }
            }
            label { "Kind "
                select name="kind" {
                    option value="" { "all" }
                    @for kind in words::KINDS { option value=(kind) selected[wanted.kind == kind] { (words::kind(kind).0) } }
                }
            }
            button { "Show" }
        }
    }
}

fn table(now: u64, cases: &[&CaseSummary]) -> Markup {
    html! {
        div.wide { table.list.cases {
            thead { tr { th scope="col" { "Case" } th scope="col" { "Age" } th scope="col" { "Kind" } th scope="col" { "State" } th scope="col" { "Message" } th scope="col" { "What is out, and where" } } }
            tbody {
                @for case in cases {
                    @let id = hex(&case.id);
                    tr {
                        th scope="row" { a href={ "/cases/" (id) } { (id[..8]) } }
                        td { (words::age(now, case.opened_ms)) " " span.quiet.exact { (when(case.opened_ms / 1000)) } }
                        td { (words::kind_tag(case.kind)) }
                        td { (words::state_tag(case.state)) @if case.heard && case.state != "heard" { " " span.tag.quiet { "heard" } } }
                        td { @if let Some(message) = case.message { a href={ "/messages/" (hex(&message.0)) } { (&hex(&message.0)[..8]) } } @else { span.quiet { "none" } } }
                        td.place {
                            @if let Some(begins) = &case.begins { p { (words::begins(begins)) } }
                            p.hint {
                                @if let Some(source) = &case.source { strong { bdi { (clean(source)) } } " " }
                                @if let Some(place) = &case.place { bdi { (clean(&words::short(place, 120))) } } @else { "given by hand" }
                            }
                        }
                    }
                }
            }
        } }
    }
}

/// Links to the pages beside this one. What is asked for goes with them.
fn pages(path: &str, wanted: &[(&str, &str)], page: usize, lines: usize) -> Markup {
    let last = lines.div_ceil(LINES).max(1);
    let href = |page: usize| {
        let mut query = form(wanted.iter().copied().filter(|(_, value)| !value.is_empty()));
        query.push_str(&format!("page={page}"));
        format!("{path}?{query}")
    };
    html! {
        @if last > 1 {
            nav.row aria-label="Pages" {
                @if page > 1 { a href=(href(page - 1)) rel="prev" { "Newer" } }
                span.quiet { "Page " (page) " of " (last) }
                @if page < last { a href=(href(page + 1)) rel="next" { "Older" } }
            }
        }
        p.hint { (words::count(lines as u64, "line", "lines")) " in all, the newest first." }
    }
}

/// `a=b&`, escaped.
fn form<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        out.push_str(name);
        out.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
                other => out.push_str(&format!("%{other:02X}")),
            }
        }
        out.push('&');
    }
    out
}

/// `/cases/matches`: posts that share words with a message, too common ones to open a case.
pub(super) async fn matches(
    State(desk): State<Desk>,
    signed: Signed,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let wanted = wanted.map(|Query(wanted)| wanted).unwrap_or_default();
    let asked = wanted.page.parse::<usize>().unwrap_or(1).clamp(1, 1_000_000);
    let looked_for = wanted.words.clone();
    let (found, all) = desk
        .office(&signed, move |office| Ok(office.matches_holding(&looked_for, (asked - 1) * LINES, LINES)?))
        .await?;
    let page = asked.min(all.div_ceil(LINES).max(asked.min(1)));
    let content = html! {
        (head(&signed, Tab::Matches))
        p { "These posts share words with a message, but common ones: nobody was told. Open a case on one that matters." }
        form.row.filter role="search" method="get" action="/cases/matches" {
            label { "Words in the post " input type="search" name="words" value=(wanted.words) maxlength="200"; }
            button { "Search" }
        }
        @if found.is_empty() {
            div.empty { p { @if wanted.words.is_empty() { "No post without a case." } @else { "No post without a case holds these words." } } }
        } @else {
            ul.plain.stack { @for matched in &found { li.card { (line(&signed, matched)) } } }
            (pages("/cases/matches", &[("words", &wanted.words)], page, all))
        }
    };
    Ok(shell(&signed, Place::Cases, "Posts without a case", &[], &content))
}

fn line(signed: &Signed, matched: &Matched) -> Markup {
    let item = &matched.item;
    let shared = item.texts.iter().flat_map(|text| &text.shared);
    let (count, bits) =
        shared.fold((0, 0.0), |(words, bits), shared| (shared.words.max(words), f64::max(bits, shared.bits)));
    let text = item.texts.iter().find(|text| !text.shared.is_empty()).or(item.texts.first());
    html! {
        p.row {
            strong { bdi { (clean(&item.source)) } }
            (when(item.captured_at))
            span.quiet { (words::count(count, "word", "words")) " shared, " (format!("{bits:.0}")) " bits rare" }
        }
        @if let Some(text) = text { blockquote { bdi { (clean(&words::short(&text.text, 300))) } } }
        @if let Some(url) = &item.url { p.hint { bdi { (clean(&words::short(url, 200))) } } }
        @if signed.roles.contains(&Role::Analyst) && !item.handle.is_empty() {
            form method="post" action="/cases/matches" {
                (crate::shell::token(signed))
                input type="hidden" name="handle" value=(item.handle);
                button { "Open a case" span.unseen { " on the post of " (item.source) } }
            }
        }
    }
}
