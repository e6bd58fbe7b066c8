//! The frame of the desk's pages.

use std::sync::LazyLock;

use countermark_web::{Asset, Frame, frame};
use maud::{Markup, html};

use crate::form::FIELD;
use crate::{Role, Signed, pages};

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

/// Place, address, name, and whose work is done there; everybody's where no role stands.
const PLACES: [(Place, &str, &str, &[Role]); 9] = [
    (Place::Write, "/write", "Write", &[Role::Writer]),
    (Place::Messages, "/messages", "Hand over", &[Role::Writer]),
    (Place::Cases, "/cases", "Cases", &[Role::Analyst, Role::Approver, Role::Press]),
    (Place::Answer, "/answer", "Answer", &[Role::Press]),
    (Place::Sources, "/sources", "Sources", &[Role::Analyst]),
    (Place::People, "/people", "People", &[Role::Writer, Role::Approver]),
    (Place::Log, "/log", "Log", &[]),
    (Place::Trail, "/trail", "Audit trail", &[Role::Analyst, Role::Approver]),
    (Place::Settings, "/settings", "Settings", &[]),
];

/// A page for somebody who is signed in. `scripts` are addresses of assets. What [`Signed::say`] left to be said stands above the content.
pub(crate) fn shell(signed: &Signed, place: Place, title: &str, scripts: &[String], content: &Markup) -> Markup {
    let header = html! {
        header.top {
            a.name href="/" aria-current=[(place == Place::Home).then_some("page")] { "Countermark" }
            nav aria-label="Desk" {
                @for (at, href, name, roles) in PLACES {
                    @if roles.is_empty() || signed.must_any(roles).is_ok() {
                        a href=(href) aria-current=[(at == place).then_some("page")] { (name) }
                    }
                }
            }
            form.out method="post" action="/sign-out" { (token(signed)) button.quiet { "Sign out " (signed.name) } }
        }
    };
    let window = format!("{title} · Countermark");
    let head = html! { (icon()) meta name="csrf" content=(signed.csrf); };
    let content = html! {
        @if let Some(said) = signed.take_said() { p.alert.good role="status" { (said) } }
        (content)
    };
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
        &content,
    )
}

/// A page for whoever asks.
pub(crate) fn bare(title: &str, content: &Markup) -> Markup {
    let window = format!("{title} · Countermark");
    let (style, head) = (&STYLE.href(), icon());
    let skip = "To the content";
    frame(&Frame { language: "en", title: &window, style, head: Some(&head), skip, ..Frame::default() }, content)
}

/// None: browsers ask for one at an address that leads nowhere otherwise.
fn icon() -> Markup {
    html! { link rel="icon" href="data:,"; }
}

/// The token that a form must carry; in a form with files it stands first.
pub(crate) fn token(signed: &Signed) -> Markup {
    html! { input type="hidden" name=(FIELD) value=(signed.csrf); }
}
