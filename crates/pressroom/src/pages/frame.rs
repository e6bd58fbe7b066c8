//! What stands around every page: masthead, languages, footer, the head's links.

use countermark_web::{Frame, frame};
use maud::{Markup, html};

use crate::assets;
use crate::scene::{Manner, Scene};
use crate::words::{Language, Value};

/// What differs from page to page.
pub(super) struct Around<'a> {
    /// The window's title, without the site's name.
    pub(super) title: &'a str,
    /// The page's path without its language, with a slash before it; none of a page that is no page of its own (an error).
    pub(super) path: Option<&'a str>,
    /// Further elements of the head.
    pub(super) head: Markup,
    /// Whether it is the front page, whose name is the page's heading.
    pub(super) front: bool,
}

/// A whole page.
pub(super) fn around(scene: &Scene<'_>, around: &Around<'_>, content: &Markup) -> Markup {
    let words = scene.words;
    let title = if around.front { scene.name().to_owned() } else { format!("{} · {}", around.title, scene.name()) };
    let head = html! {
        // None: browsers ask for one at an address that leads nowhere otherwise.
        link rel="icon" href="data:,";
        @if scene.manner == Manner::Files {
            // A host of files may send no headers. What does not hold in an element (frame-ancestors) is left out.
            meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'";
            meta name="referrer" content="no-referrer";
        }
        @if let Some(path) = around.path {
            link rel="canonical" href=(scene.absolute(&scene.href(path)));
            @for language in Language::ALL {
                link rel="alternate" hreflang=(language.code()) href=(scene.absolute(&format!("/{}{path}", language.code())));
            }
            link rel="alternate" hreflang="x-default" href=(scene.absolute(path));
        } @else {
            meta name="robots" content="noindex";
        }
        link rel="alternate" type="application/rss+xml" title=(scene.name()) href="/feed.xml";
        link rel="alternate" type="application/feed+json" title=(scene.name()) href="/feed.json";
        (around.head)
    };
    let header = masthead(scene, around);
    let footer = footer(scene);
    let style = assets::STYLE.href();
    let skip = words.say("skip");
    let ahead = scene.above.map(|above| html! { (above) div inert { (content) } });
    frame(
        &Frame {
            language: scene.language().code(),
            title: &title,
            style: &style,
            head: Some(&head),
            header: Some(&header),
            footer: Some(&footer),
            skip: &skip,
            ..Frame::default()
        },
        ahead.as_ref().unwrap_or(content),
    )
}

fn masthead(scene: &Scene<'_>, around: &Around<'_>) -> Markup {
    let path = around.path.unwrap_or("/");
    html! {
        header.masthead inert[scene.is_inert()] {
            @if around.front {
                h1.name { bdi { (scene.name()) } }
            } @else {
                p.name { a href=(scene.href("/")) { bdi { (scene.name()) } } }
            }
            @if around.front && !scene.site().about.is_empty() { p.about dir="auto" { (scene.site().about) } }
            nav.languages aria-label=(scene.words.say("languages")) {
                ul {
                    @for language in Language::ALL {
                        li {
                            a href=(format!("/{}{path}", language.code())) lang=(language.code()) hreflang=(language.code())
                                aria-current=[(language == scene.language()).then_some("true")] { (language.name()) }
                        }
                    }
                }
            }
        }
    }
}

fn footer(scene: &Scene<'_>) -> Markup {
    let words = scene.words;
    html! {
        footer.colophon inert[scene.is_inert()] {
            @if let Some(contact) = &scene.site().contact {
                p dir="auto" { (words.with("contact", [("contact", Value::from(contact.as_str()))])) }
            }
            ul aria-label=(words.say("feeds")) {
                li { a href="/feed.xml" { (words.say("feed-rss")) } }
                li { a href="/feed.json" { (words.say("feed-json")) } }
                @if scene.site().log_key.is_some() {
                    li { a href="/.well-known/countermark" { (words.say("proof-key")) } }
                }
                li { a href="/verify.html" { (words.say("verifier-page")) } }
            }
            @if scene.published.support().is_some() {
                div.support {
                    h2 { (words.say("support")) }
                    img src="/support.png" alt=(words.say("support-picture")) width="160" height="160" loading="lazy";
                }
            }
        }
    }
}
