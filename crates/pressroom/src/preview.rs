//! A statement's page before it is published: the same hand, for the desk alone.

use countermark_statement::{Site, Statement};
use countermark_web::Asset;
use maud::Markup;

use crate::assets;
use crate::pages;
use crate::published::Published;
use crate::scene::{Manner, Reads, Scene};
use crate::words::Language;

/// The page of a version exactly as readers will get it, in the statement's language where the interface speaks it. `statements` has the
/// statement first, and behind it those that it may name as related. `above` is what the desk says above the page, whose own links and forms
/// can't be pressed; no script of the page runs. `own_copy`: what its bundle will tell of the message, that what is shown is the office's own
/// copy and others may read otherwise. None where there is no such version.
#[must_use]
pub fn preview(site: &Site, statements: &[Statement], number: u32, own_copy: bool, above: &Markup) -> Option<Markup> {
    let statement = statements.first()?;
    let version = statement.versions.iter().find(|version| version.number == number)?;
    let language = Language::of(&version.language, site);
    let published = Published::ahead(site.clone(), statements.to_vec(), own_copy);
    let reads = Reads::default();
    let scene = Scene {
        published: &published,
        reads: &reads,
        words: language.words(),
        manner: Manner::Preview,
        above: Some(above),
    };
    Some(pages::statement(&scene, statement, version))
}

/// The stylesheet that pages name; whoever shows a preview hands it out.
#[must_use]
pub fn style() -> &'static Asset {
    &assets::STYLE
}

#[cfg(test)]
mod tests {
    use countermark_statement::{BundleFile, Kind, Opened, Part, State, Version};
    use maud::html;

    use super::*;

    fn statement() -> Statement {
        let part = |number, text: Option<&str>| Part {
            number,
            words: "1-5".to_owned(),
            text: text.map(str::to_owned),
            paragraph: false,
        };
        let version = Version {
            number: 1,
            published_at: 1_900_000_000,
            language: "fr-CA".to_owned(),
            title: "<b>Title</b>".to_owned(),
            category: None,
            byline: "The office".to_owned(),
            text: "One.".to_owned(),
            note: None,
            kind: Kind::Notice,
            post: None,
            opened: Some(Opened { reference: None, parts: vec![part(1, Some("Open words.")), part(2, None)] }),
            changes: Vec::new(),
            bundle: Some(BundleFile { sha256: "0".repeat(64), bytes: 0 }),
        };
        Statement { id: "next".to_owned(), versions: vec![version], state: State::default() }
    }

    #[test]
    fn a_page_that_looks_the_same_and_does_nothing() {
        let site = Site { name: "The office".to_owned(), language: "en".to_owned(), ..Site::default() };
        let page = preview(&site, &[statement()], 1, false, &html! { p.desk { "above" } }).unwrap().into_string();
        assert!(page.contains("lang=\"fr\"") && page.contains(&style().href()), "{page}");
        assert!(
            page.contains("<p class=\"desk\">above</p><div inert><article class=\"statement compared\">"),
            "{page}"
        );
        assert!(page.contains("Open words.") && page.contains("&lt;b&gt;Title"));
        assert_eq!(page.matches("inert>").count(), 3, "masthead, page and footer");
        assert!(!page.contains("<script"), "nothing is fetched for a bundle that there is not");
        let own = Language::French.words().say("own-copy");
        assert!(!page.contains(&own), "there are no other copies");
        let page = preview(&site, &[statement()], 1, true, &html! {}).unwrap().into_string();
        assert!(page.contains(&own), "{page}");
        let none = |statements: &[Statement], number| preview(&site, statements, number, true, &html! {}).is_none();
        assert!(none(&[statement()], 2) && none(&[], 1));
    }
}
