//! The frame of the desk's pages.

use std::sync::LazyLock;

use countermark_web::{Asset, Frame, frame};
use maud::{Markup, html};

use crate::form::FIELD;
use crate::{Signed, pages};

/// The stylesheet of the desk.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| Asset::style("desk.css", pages::STYLES));

/// Where a page belongs in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Home,
    Write,
    Messages,
    Cases,
    Answer,
    Sources,
    People,
    Log,
    Trail,
    Settings,
}

const PLACES: [(Place, &str, &str); 9] = [
    (Place::Write, "/write", "Write"),
    (Place::Messages, "/messages", "Hand over"),
    (Place::Cases, "/cases", "Cases"),
    (Place::Answer, "/answer", "Answer"),
    (Place::Sources, "/sources", "Sources"),
    (Place::People, "/people", "People"),
    (Place::Log, "/log", "Log"),
    (Place::Trail, "/trail", "Audit trail"),
    (Place::Settings, "/settings", "Settings"),
];

/// A page for somebody who is signed in. `scripts` are addresses of assets.
pub(crate) fn shell(signed: &Signed, place: Place, title: &str, scripts: &[String], content: &Markup) -> Markup {
    let header = html! {
        header.top {
            a.name href="/" { "Countermark" }
            nav aria-label="Desk" {
                @for (at, href, name) in PLACES {
                    a href=(href) aria-current=[(at == place).then_some("page")] { (name) }
                }
            }
            form.out method="post" action="/sign-out" { (token(signed)) button.quiet { "Sign out " (signed.name) } }
        }
    };
    let window = format!("{title} · Countermark");
    let head = html! { meta name="csrf" content=(signed.csrf); };
    frame(
        &Frame {
            language: "en",
            title: &window,
            style: &STYLE.href(),
            head: Some(&head),
            header: Some(&header),
            scripts,
            skip: "To the content",
            ..Frame::default()
        },
        content,
    )
}

/// A page for whoever asks.
pub(crate) fn bare(title: &str, content: &Markup) -> Markup {
    let window = format!("{title} · Countermark");
    let style = &STYLE.href();
    frame(&Frame { language: "en", title: &window, style, skip: "To the content", ..Frame::default() }, content)
}

/// The token that a form must carry.
pub(crate) fn token(signed: &Signed) -> Markup {
    html! { input type="hidden" name=(FIELD) value=(signed.csrf); }
}
