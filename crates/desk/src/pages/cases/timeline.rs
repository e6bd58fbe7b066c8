//! A case's way, in the order of time.

use countermark_office::Shows;
use countermark_web::when;
use maud::{Markup, html};

use super::show::View;
use super::words::{self, count};

/// One thing that happened. Times are in seconds since 1970.
struct Event {
    at: u64,
    class: &'static str,
    what: Markup,
}

/// Later states and bundles that are told one by one.
const EACH: usize = 8;

/// The picture.
pub(super) fn picture(view: &View) -> Markup {
    let mut events = before(view);
    events.extend(published(view));
    events.extend(decided(view));
    // What happened in one second stands in the order in which it must have happened.
    events.sort_by_key(|event| event.at);
    html! {
        ol.timeline {
            @for event in &events { li class=[Some(event.class).filter(|class| !class.is_empty())] { (when(event.at)) p { (event.what) } } }
        }
    }
}

fn event(at: u64, class: &'static str, what: Markup) -> Event {
    Event { at, class, what }
}

/// The message's own way.
fn before(view: &View) -> Vec<Event> {
    let (brief, case) = (&view.brief, view.case());
    let mut events = Vec::new();
    if let Some(at) = brief.sealed_at {
        let what = if brief.as_sent { "Sent, as it was registered later" } else { "Sealed" };
        events.push(event(at, "good", html! { (what) }));
    }
    if let Some(at) = brief.clock {
        events.push(event(at, "good", html! { "An independent clock had seen the seal" }));
    }
    if let Some(handed) = brief.handed {
        let first = html! { "Handed over" @if handed.times > 1 { ", the first of " (count(handed.times as u64, "time", "times")) } };
        events.push(event(handed.first_ms / 1000, "good", first));
        if handed.times > 1 && handed.last_ms / 1000 != handed.first_ms / 1000 {
            events.push(event(handed.last_ms / 1000, "good", html! { "Handed over for the last time" }));
        }
    }
    if let Some(taken) = &case.taken {
        events.push(event(taken.at, "good", html! { "Written, by the archive's word" }));
    }
    events
}

/// The post's.
fn published(view: &View) -> Vec<Event> {
    let case = view.case();
    let mut events = Vec::new();
    if let Some(at) = case.origin.as_ref().and_then(|origin| origin.published_at) {
        events.push(event(at, "bad", html! { "Published, by the service's word" }));
    }
    events.push(event(case.captured_at, "bad", html! { "Captured" }));
    events.push(event(case.summary.opened_ms / 1000, "", html! { "Case opened" }));
    for state in case.later.iter().take(EACH) {
        let what = if state.published.is_some() { "The post was seen edited" } else { "The post was seen deleted" };
        events.push(event(state.at, "bad", html! { (what) }));
    }
    events
}

/// What the office did.
fn decided(view: &View) -> Vec<Event> {
    let case = view.case();
    let mut events = Vec::new();
    if let Some(hearing) = &case.hearing {
        events.push(event(hearing.at_ms / 1000, "", html! { "The evidence was made for the person concerned" }));
        match &hearing.reply {
            Some(reply) => events.push(event(reply.at_ms / 1000, "good", html! { "His reply was kept" })),
            None => {
                let (class, what) = if view.now_ms < hearing.until_ms {
                    ("wait", "Until then a reply is waited for")
                } else {
                    ("", "The term ended without a reply")
                };
                events.push(event(hearing.until_ms / 1000, class, html! { (what) }));
            }
        }
    }
    if let Some(naming) = &case.naming {
        for (at_ms, who) in naming.signed_ms.iter().zip(&naming.approvers) {
            let who = who.as_deref().unwrap_or("a person since removed");
            events.push(event(at_ms / 1000, "good", html! { "Approved by " bdi { (who) } }));
        }
    }
    for (at, title) in &view.versions {
        events.push(event(*at, "good", html! { "Published: " bdi { (words::short(title, 120)) } }));
    }
    for (at, reason) in &view.withdrawn {
        events.push(event(*at, "wait", html! { "Withdrawn: " bdi { (words::short(reason, 120)) } }));
    }
    for shown in case.shown.iter().filter(|shown| shown.shows != Some(Shows::Evidence)).take(EACH) {
        let what = match shown.shows {
            Some(Shows::Copy) => "A bundle was made that shows the copy",
            Some(Shows::Name) => "A bundle was made that says the name",
            _ => "A bundle was made",
        };
        events.push(event(shown.at_ms / 1000, "good", html! { (what) }));
    }
    events
}
