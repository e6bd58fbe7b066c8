//! What pages are rendered from.

use std::collections::HashMap;

use countermark_statement::{Site, Statement, Version};
use maud::Markup;

use crate::published::Published;
use crate::words::{Language, Words};

/// Where pages are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As files of some host: nothing is taken from readers, nothing is counted.
    Files,
    /// To the desk alone, before it is published: nothing on it can be pressed.
    Preview,
    /// By the room itself.
    Served,
}

/// How often statements were read, by id: in all, and this week.
pub(crate) type Reads = HashMap<String, (u64, u64)>;

/// Everything that a page is made of, in one language.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) published: &'a Published,
    pub(crate) reads: &'a Reads,
    pub(crate) words: &'static Words,
    pub(crate) manner: Manner,
    /// What the desk says above its preview.
    pub(crate) above: Option<&'a Markup>,
}

impl<'a> Scene<'a> {
    pub(crate) fn site(&self) -> &'a Site {
        self.published.site()
    }

    pub(crate) fn language(&self) -> Language {
        self.words.language()
    }

    /// The site's name, or the program's where the office has given none.
    pub(crate) fn name(&self) -> &'a str {
        name(self.site())
    }

    /// How often a statement was read, once it was; none while reads are not shown.
    pub(crate) fn reads_of(&self, id: &str) -> Option<u64> {
        let shown = self.site().features.most_read && self.manner == Manner::Served;
        self.reads.get(id).map(|(all, _)| *all).filter(|all| shown && *all > 0)
    }

    /// Whether nothing on the page can be pressed.
    pub(crate) fn is_inert(&self) -> bool {
        self.manner == Manner::Preview
    }

    /// Whether comments are taken at all.
    pub(crate) fn takes_comments(&self) -> bool {
        self.site().features.comments && self.site().desk.is_some() && self.manner == Manner::Served
    }

    /// Whether they are on this statement: what was taken back is not discussed any further.
    pub(crate) fn takes_comments_on(&self, statement: &Statement) -> bool {
        self.takes_comments() && statement.state.withdrawn.is_none()
    }

    /// The address of a page in the scene's language; `path` begins with a slash.
    pub(crate) fn href(&self, path: &str) -> String {
        format!("/{}{path}", self.language().code())
    }

    /// With the site's address before it, where the site has one.
    pub(crate) fn absolute(&self, path: &str) -> String {
        absolute(self.site(), path)
    }
}

/// The site's name, or the program's where the office has given none.
pub(crate) fn name(site: &Site) -> &str {
    if site.name.is_empty() { "Countermark" } else { &site.name }
}

/// With the site's address before it, where the site has one.
pub(crate) fn absolute(site: &Site, path: &str) -> String {
    format!("{}{path}", site.address.as_deref().unwrap_or_default().trim_end_matches('/'))
}

/// A version's name: `ID/N`.
pub(crate) fn key(id: &str, number: u32) -> String {
    format!("{id}/{number}")
}

/// When a statement was first published, and when its newest version was.
pub(crate) fn times(statement: &Statement) -> (u64, u64) {
    let at = |version: Option<&Version>| version.map_or(0, |version| version.published_at);
    (at(statement.versions.first()), at(statement.versions.last()))
}
