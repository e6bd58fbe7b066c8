//! One state of the published directory and the pages made of it: each is rendered when it is first wanted, and then kept.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::HeaderValue;

use crate::page::{Keep, Page};
use crate::pages::{self, Plain};
use crate::published::Published;
use crate::route::Route;
use crate::scene::{Manner, Reads, Scene, absolute, name};
use crate::words::Language;
use crate::{assets, feed, picture, well_known};

/// Bytes of pages that are kept, at most: as many as some thousand pages have. Beyond it all are dropped, and rendered again as wanted.
const KEPT: usize = 96 << 20;

/// What was published at some time, with its pages.
pub(crate) struct Edition {
    pub(crate) published: Arc<Published>,
    pub(crate) reads: Arc<Reads>,
    kept: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    pages: HashMap<Wanted, Arc<Page>>,
    bytes: usize,
}

type Wanted = (String, Language);

impl Edition {
    pub(crate) fn new(published: Arc<Published>, reads: Arc<Reads>) -> Self {
        Self { published, reads, kept: RwLock::default() }
    }

    /// What pages of one language are made of.
    pub(crate) fn scene(&self, language: Language, manner: Manner) -> Scene<'_> {
        Scene { published: &self.published, reads: &self.reads, words: language.words(), manner, above: None }
    }

    /// The language where a browser asks for none that there is.
    pub(crate) fn language(&self) -> Language {
        Language::parse(&self.published.site().language).unwrap_or(Language::English)
    }

    /// A page that was rendered before.
    pub(crate) fn kept(&self, path: &str, language: Language) -> Option<Arc<Page>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.pages.get(&(path.to_owned(), language)).cloned()
    }

    /// Renders a page and keeps it; none of an address that leads nowhere.
    pub(crate) fn make(&self, path: &str, route: &Route, language: Language) -> Option<Arc<Page>> {
        let page = self.render(path, route, language, Manner::Served)?;
        Some(self.keep(path, language, page))
    }

    /// A page with a heading and a sentence.
    pub(crate) fn plain(&self, which: Plain, language: Language) -> Arc<Page> {
        // No path is called so.
        let name = format!("{which:?}");
        self.kept(&name, language).unwrap_or_else(|| {
            let page = pages::plain(&self.scene(language, Manner::Served), which, None);
            self.keep(&name, language, Page::html(page, Keep::Never))
        })
    }

    fn keep(&self, name: &str, language: Language, page: Page) -> Arc<Page> {
        let page = Arc::new(page);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + page.weight() > KEPT {
            *kept = Kept::default();
        }
        kept.bytes += page.weight();
        if let Some(before) = kept.pages.insert((name.to_owned(), language), Arc::clone(&page)) {
            kept.bytes = kept.bytes.saturating_sub(before.weight());
        }
        page
    }

    /// What a host of the exported files shows where there is nothing.
    pub(crate) fn missing(&self) -> maud::Markup {
        pages::plain(&self.scene(self.language(), Manner::Files), Plain::Missing, None)
    }

    /// Renders what an address leads to.
    pub(crate) fn render(&self, path: &str, route: &Route, language: Language, manner: Manner) -> Option<Page> {
        let scene = self.scene(language, manner);
        let site = self.published.site();
        Some(match route {
            Route::Asset => asset(path)?,
            Route::Bundle(id, number) => {
                let (_, version) = self.published.version(id, *number)?;
                version.bundle.as_ref()?;
                let bytes = self.published.bundle(id, *number)?;
                Page::new("application/json", bytes, Keep::Checked).saved_as(&format!("{id}-{number}.bundle.json"))
            }
            Route::FeedJson => {
                Page::new("application/feed+json; charset=utf-8", feed::json(&self.published), Keep::Checked)
            }
            Route::FeedRss => {
                Page::new("application/rss+xml; charset=utf-8", feed::rss(&self.published), Keep::Checked)
            }
            Route::Front(sheet) => {
                if *sheet > pages::sheets(&scene) {
                    return None;
                }
                Page::html(pages::front(&scene, *sheet), Keep::Checked)
            }
            Route::Picture(id, number) => Page::new("image/png", self.picture(id, *number)?, Keep::Checked),
            Route::Robots => {
                // Nobody is told of addresses that there are not.
                let closed = if site.features.replies && manner == Manner::Served { " /reply/" } else { "" };
                Page::new("text/plain; charset=utf-8", format!("User-agent: *\nDisallow:{closed}\n"), Keep::Checked)
            }
            Route::Statement(id, number) => {
                let statement = self.published.statement(id)?;
                let number = number.or_else(|| statement.versions.last().map(|version| version.number))?;
                let (statement, version) = self.published.version(id, number)?;
                Page::html(pages::statement(&scene, statement, version), Keep::Checked)
            }
            Route::Support => Page::new("image/png", self.published.support()?, Keep::Checked),
            Route::ThanksComment(id) => {
                let statement = self.published.statement(id).filter(|_| site.features.comments)?;
                Page::html(pages::plain(&scene, Plain::ThanksComment, Some(&statement.id)), Keep::Checked)
            }
            Route::ThanksReply if site.features.replies => {
                Page::html(pages::plain(&scene, Plain::ThanksReply, None), Keep::Checked)
            }
            Route::ThanksReply => return None,
            Route::Verifier => Page::new("text/html; charset=utf-8", assets::VERIFIER, Keep::Checked)
                .with_policy(assets::verifier_policy()),
            Route::WellKnown => Page::new("application/json", well_known::json(&self.published), Keep::Checked)
                .with_header("access-control-allow-origin", HeaderValue::from_static("*")),
        })
    }
}

impl Edition {
    /// A version's preview picture, in the statement's own language where the interface speaks it.
    fn picture(&self, id: &str, number: u32) -> Option<Vec<u8>> {
        let (statement, version) = self.published.version(id, number)?;
        let site = self.published.site();
        let words = Language::of(&version.language, site).words();
        let kicker = match &statement.state.withdrawn {
            Some(_) => words.say("withdrawn-title"),
            None => pages::kind(words, version.kind),
        };
        let address = absolute(site, &format!("/statements/{id}"));
        let address = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        picture::draw(&picture::Card { site: name(site), kicker: &kicker, version, address })
    }
}

fn asset(path: &str) -> Option<Page> {
    let (asset, kind) = if path == assets::STYLE.href() {
        (&*assets::STYLE, "text/css; charset=utf-8")
    } else if path == assets::CHECK.href() {
        (&*assets::CHECK, "text/javascript; charset=utf-8")
    } else {
        return None;
    };
    Some(Page::new(kind, asset.bytes().to_vec(), Keep::Always))
}
