//! What readers sent: let through or refused, one by one.

use axum::extract::State;
use axum::response::Redirect;
use countermark_office::{SlipState, SlipView};
use countermark_web::when;
use maud::{Markup, html};

use super::list::{Tab, tabs};
use super::{hex, reads, writes};
use crate::form::{Checked, Pairs};
use crate::shell::{Place, shell, token};
use crate::{Desk, Refusal, Role, Signed};

/// So many that were decided on are shown; the newest.
const DECIDED: usize = 30;

/// `/answer/replies`
pub(super) async fn page(State(desk): State<Desk>, signed: Signed) -> Result<Markup, Refusal> {
    reads(&signed)?;
    let (mut slips, features, skipped) = desk
        .office(&signed, |office| {
            let taken = office.take_slips()?;
            Ok((office.slips(None)?, office.site()?.features, taken.skipped))
        })
        .await?;
    slips.sort_by_key(|slip| std::cmp::Reverse(slip.at));
    let waits = |slip: &&SlipView| slip.state == SlipState::Waiting;
    let (waiting, decided): (Vec<&SlipView>, Vec<&SlipView>) = slips.iter().partition(waits);
    let (replies, comments): (Vec<&SlipView>, Vec<&SlipView>) = waiting.iter().partition(|slip| slip.reply);
    let content = html! {
        h1 { "Replies and comments" }
        (tabs(Tab::Replies, waiting.len()))
        @if !features.comments && !features.replies {
            p { "Readers’ comments and the right of reply are both off. " a href="/answer/settings" { "Turn them on" } " where the public page is set up." }
        }
        @if skipped > 0 { p.alert.wait { (skipped) " in the queue could not be used: no pressroom of this office wrote it, or what it answers is not there. It was left out." } }
        @if waiting.is_empty() { div.empty { p { "Nothing waits." } p { "What readers send stands here first; nobody else sees it until you let it through." } } }
        @if !replies.is_empty() { section { h2 { "Replies of those invited" } (slip_list(&signed, &replies)) } }
        @if !comments.is_empty() { section { h2 { "Comments" } (slip_list(&signed, &comments)) } }
        @if !decided.is_empty() {
            section { details { summary { "Decided" } (slip_list(&signed, &decided[..decided.len().min(DECIDED)])) } }
        }
    };
    Ok(shell(&signed, Place::Answer, "Replies", &[], &content))
}

fn slip_list(signed: &Signed, slips: &[&SlipView]) -> Markup {
    html! { ul.plain { @for slip in slips { li.card { (one(signed, slip)) } } } }
}

fn one(signed: &Signed, slip: &SlipView) -> Markup {
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
