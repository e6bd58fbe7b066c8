//! What readers sent: let through or refused, one by one; comments that came in a flood, all at once.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Redirect;
use countermark_office::{Office, SlipState, SlipView, SlipsOf, WaitingComments};
use countermark_web::when;
use maud::{Markup, html};
use serde::Deserialize;

use super::list::{Tab, tabs};
use super::{count, hex, reads, writes};
use crate::form::{Checked, Pairs};
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed};

/// So many stand on a page.
const LINES: usize = 30;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    of: String,
    page: String,
}

/// One of the lists, and the page of it that is looked at; of nothing in particular, the beginning of each.
#[derive(Clone, Copy)]
struct At {
    of: Option<SlipsOf>,
    page: usize,
}

impl At {
    fn named(of: &str, page: &str) -> Self {
        let of = match of {
            "replies" => Some(SlipsOf::Replies),
            "comments" => Some(SlipsOf::Comments),
            "decided" => Some(SlipsOf::Decided),
            _ => None,
        };
        Self { of, page: page.parse::<usize>().unwrap_or(1).clamp(1, 100_000) }
    }

    fn href(self) -> String {
        match self.of {
            Some(of) => format!("/answer/replies?of={}&page={}", name(of), self.page),
            None => "/answer/replies".to_owned(),
        }
    }
}

fn name(of: SlipsOf) -> &'static str {
    match of {
        SlipsOf::Comments => "comments",
        SlipsOf::Decided => "decided",
        SlipsOf::Replies => "replies",
    }
}

/// A page of a list.
struct List {
    of: SlipsOf,
    page: usize,
    slips: Vec<SlipView>,
    count: usize,
}

impl List {
    fn of(office: &mut Office, of: SlipsOf, at: At) -> Result<Self, Refusal> {
        let wanted = if at.of == Some(of) { at.page } else { 1 };
        let (mut slips, count) = office.slip_list(of, (wanted - 1) * LINES, LINES)?;
        let page = wanted.min(count.div_ceil(LINES).max(1));
        if page != wanted {
            slips = office.slip_list(of, (page - 1) * LINES, LINES)?.0;
        }
        Ok(Self { of, page, slips, count })
    }
}

/// `/answer/replies`
pub(super) async fn page(
    State(desk): State<Desk>,
    signed: Signed,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let Wanted { of, page } = wanted.map(|Query(wanted)| wanted).unwrap_or_default();
    let at = At::named(&of, &page);
    let (lists, floods, features, skipped) = desk
        .office(&signed, move |office| {
            let taken = office.take_slips()?;
            let all = [SlipsOf::Replies, SlipsOf::Comments, SlipsOf::Decided];
            let lists = all.into_iter().map(|of| List::of(office, of, at)).collect::<Result<Vec<_>, _>>()?;
            Ok((lists, office.waiting_comments()?, office.site()?.features, taken.skipped))
        })
        .await?;
    let waiting: usize = lists.iter().filter(|list| list.of != SlipsOf::Decided).map(|list| list.count).sum();
    let content = html! {
        h1 { "Replies and comments" }
        (tabs(Tab::Replies, waiting))
        @if !features.comments && !features.replies {
            p { "Readers’ comments and the right of reply are both off. " a href="/answer/settings" { "Turn them on" } " where the public page is set up." }
        }
        @if skipped > 0 { p.alert.wait { (skipped) " in the queue could not be used: no pressroom of this office wrote it, or what it answers is not there. It was left out." } }
        @if waiting == 0 { div.empty { p { "Nothing waits." } p { "What readers send stands here first; nobody else sees it until you let it through." } } }
        @for list in lists.iter().filter(|list| list.count > 0 && at.of.is_none_or(|of| of == list.of)) {
            (section(&signed, list, at, &floods))
        }
        @if at.of.is_some() { p { a href="/answer/replies" { "All replies and comments" } } }
    };
    Ok(shell(&signed, Place::Answer, "Replies", &[], &content))
}

fn section(signed: &Signed, list: &List, at: At, floods: &[WaitingComments]) -> Markup {
    let shown = html! { (slip_list(signed, list, at)) (pages(list)) };
    html! {
        section {
            @match list.of {
                SlipsOf::Replies => { h2 { "Replies of those invited" } (shown) }
                SlipsOf::Comments => { h2 { "Comments" } (refuse_all(signed, floods)) (shown) }
                SlipsOf::Decided => { details open[at.of == Some(SlipsOf::Decided)] { summary { "Decided" } (shown) } }
            }
        }
    }
}

/// For a flood: all comments under a statement at once, up to the newest that was there when the page was made.
fn refuse_all(signed: &Signed, floods: &[WaitingComments]) -> Markup {
    html! {
        @if writes(signed) {
            @for flood in floods.iter().filter(|flood| flood.count > 1).take(LINES) {
                form.row method="post" action="/answer/replies" {
                    (token(signed))
                    input type="hidden" name="statement" value=(hex(&flood.statement));
                    input type="hidden" name="until" value=(flood.until);
                    button.quiet name="decide" value="refuse-all" { "Refuse all " (flood.count) " that wait under " bdi { (flood.address) } }
                }
            }
        }
    }
}

fn pages(list: &List) -> Markup {
    let last = list.count.div_ceil(LINES).max(1);
    let href = |page: usize| At { of: Some(list.of), page }.href();
    html! {
        @if last > 1 {
            nav.row aria-label="Pages" {
                @if list.page > 1 { a href=(href(list.page - 1)) rel="prev" { "Newer" } }
                span.quiet { "Page " (list.page) " of " (last) }
                @if list.page < last { a href=(href(list.page + 1)) rel="next" { "Older" } }
            }
        }
    }
}

fn slip_list(signed: &Signed, list: &List, at: At) -> Markup {
    html! { ul.plain { @for slip in &list.slips { li.card { (one(signed, slip, at)) } } } }
}

fn one(signed: &Signed, slip: &SlipView, at: At) -> Markup {
    html! {
        p.row {
            strong { bdi { (slip.name) } } (when(slip.at))
            a href={ "/answer/" (hex(&slip.statement)) } { bdi { (slip.address) } }
            @if slip.late { span.tag.wait { "after its term" } }
            @match slip.state {
                SlipState::Public => { span.tag.good { "on the page" } }
                SlipState::Refused => { span.tag.quiet { "refused" } }
                SlipState::Waiting => {}
            }
        }
        div.slip dir="auto" { (slip.text) }
        @if writes(signed) {
            form.row method="post" action="/answer/replies" {
                (token(signed))
                input type="hidden" name="slip" value=(hex(&slip.id));
                @if let Some(of) = at.of {
                    input type="hidden" name="of" value=(name(of));
                    input type="hidden" name="page" value=(at.page);
                }
                @if slip.state != SlipState::Public { button name="decide" value="public" { "Let through" span.unseen { " what " (slip.name) " sent" } } }
                @if slip.state != SlipState::Refused { button.quiet name="decide" value="refuse" { (if slip.state == SlipState::Public { "Take off the page" } else { "Refuse" }) span.unseen { " what " (slip.name) " sent" } } }
            }
        }
    }
}

/// `POST /answer/replies`
pub(super) async fn decide(
    State(desk): State<Desk>,
    Checked(signed, form): Checked<Pairs>,
) -> Result<Redirect, Refusal> {
    signed.must(Role::Press)?;
    if form.one("decide") == Some("refuse-all") {
        return refuse_flood(&desk, &signed, &form).await;
    }
    let at = At::named(form.one("of").unwrap_or_default(), form.one("page").unwrap_or_default());
    let slip = form.one("slip").and_then(unhex).ok_or(Refusal::Missing)?;
    let (public, said) = match form.one("decide") {
        Some("public") => (true, "Let through: it stands on the page."),
        Some("refuse") => (false, "Refused: it stands on no page."),
        _ => return Err(Refusal::Input("let it through, or refuse it".to_owned())),
    };
    desk.office(&signed, move |office| {
        if public {
            office.let_through(&slip)?
        } else {
            office.refuse_slip(&slip)?
        }
        Ok(())
    })
    .await?;
    signed.say(said);
    Ok(Redirect::to(&at.href()))
}

async fn refuse_flood(desk: &Desk, signed: &Signed, form: &Pairs) -> Result<Redirect, Refusal> {
    let statement = form.one("statement").and_then(unhex).ok_or(Refusal::Missing)?;
    let until = form.one("until").and_then(|until| until.parse().ok()).ok_or(Refusal::Missing)?;
    let refused = desk.office(signed, move |office| Ok(office.refuse_comments(&statement, until)?)).await?;
    signed.say(format!("{} refused; none of them stands on a page.", count(refused, "comment is", "comments are")));
    Ok(Redirect::to("/answer/replies"))
}

/// An id of 16 bytes.
fn unhex(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    let mut id = [0; 16];
    for (byte, at) in id.iter_mut().zip((0..32).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(id)
}
