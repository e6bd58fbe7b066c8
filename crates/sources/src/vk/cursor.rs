//! Where a wall stands: what has been seen of its newest posts, and how far back the last look had to go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::parse::{Item, Page};
use crate::{Kind, Post};

/// Posts a request asks for. So many of the newest are also watched for edits and deletions.
pub(super) const PAGE: u64 = 50;

/// Posts that two pages share, so that one deleted between the two requests hides none.
const OVERLAP: u64 = 5;

/// The farthest back that a gap is followed, in posts.
const FARTHEST: u64 = 2_000;

/// How many posts are remembered: what a page holds, and as many again.
const REMEMBERED: usize = 2 * PAGE as usize;

/// The cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    /// Whether the wall has been read before.
    begun: bool,
    /// Post by its number: when it was published, and a hash of what it said.
    known: BTreeMap<i64, (u64, String)>,
    /// The pinned post, which stands before all others.
    pinned: Option<i64>,
    /// Where a look that found only unknown posts goes on.
    gap: Option<Gap>,
}

/// A look back that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Gap {
    /// The offset to ask for next.
    offset: u64,
    /// The newest post that was known before the look began, by its date: there it ends.
    until: u64,
}

impl Place {
    /// The offset to ask for.
    pub(super) fn offset(&self) -> u64 {
        self.gap.map_or(0, |gap| gap.offset)
    }

    /// Takes an answer in: what is new or changed of it, deletions that it shows, and whether more must be asked at once.
    /// `owner` is how ids of this wall begin.
    pub(super) fn take(&mut self, page: Page) -> (Vec<Post>, bool) {
        let offset = self.offset();
        let newest_known = self.known.values().map(|(date, _)| *date).max();
        let asked_to = offset + PAGE;
        let last_page = page.items.is_empty() || page.count.is_some_and(|count| asked_to >= count);
        let oldest = page.items.iter().filter(|item| !item.pinned).map(|item| item.date).min();
        let gone = if offset == 0 && self.begun { self.gone(&page, oldest, last_page) } else { Vec::new() };
        let until = match self.gap {
            Some(gap) => Some(gap.until),
            // The first look takes what the first answer holds.
            None if !self.begun => None,
            None => Some(newest_known.unwrap_or(0)),
        };
        let pinned = page.items.iter().find(|item| item.pinned).map(|item| item.id);
        let fresh: Vec<Post> = page.items.into_iter().filter_map(|item| self.fresh(item)).collect();
        // Posts of the same second as the newest known one may be new: only an older one ends the look, or a page without
        // anything new.
        let on = until.is_some_and(|until| oldest.is_some_and(|oldest| oldest >= until))
            && !(last_page || fresh.is_empty())
            && asked_to < FARTHEST;
        self.gap = until.filter(|_| on).map(|until| Gap { offset: asked_to - OVERLAP, until });
        self.begun = true;
        if offset == 0 {
            self.pinned = pinned;
        }
        self.forget();
        (gone.into_iter().chain(fresh).collect(), on)
    }

    /// The post, if it is not known as it stands.
    fn fresh(&mut self, item: Item) -> Option<Post> {
        let Item { id, date, hash, mut post, .. } = item;
        if post.kind == Kind::Deleted {
            return self.known.remove(&id).map(|_| post);
        }
        match self.known.insert(id, (date, hash.clone())) {
            Some((_, before)) if before == hash => return None,
            Some(_) => post.kind = Kind::Edited,
            None => {}
        }
        Some(post)
    }

    /// Known posts that should stand in this answer, the first of the wall, and don't.
    fn gone(&mut self, page: &Page, oldest: Option<u64>, last_page: bool) -> Vec<Post> {
        // An answer without a post may be one that hides them all.
        let Some(sample) = page.items.first().map(|item| &item.post) else {
            return Vec::new();
        };
        let listed = |id: i64| page.items.iter().any(|item| item.id == id);
        let within = |date: u64| last_page || oldest.is_some_and(|oldest| date > oldest);
        let gone: Vec<(i64, u64)> = self
            .known
            .iter()
            .map(|(id, (date, _))| (*id, *date))
            .filter(|(id, date)| !listed(*id) && within(*date))
            .collect();
        let owner = sample.id.rsplit_once('_').map_or("", |(owner, _)| owner).to_owned();
        gone.into_iter()
            .map(|(id, date)| {
                self.known.remove(&id);
                Post {
                    id: format!("{owner}_{id}"),
                    url: Some(format!("https://vk.com/wall{owner}_{id}")),
                    author: None,
                    at: Some(date),
                    kind: Kind::Deleted,
                    passages: Vec::new(),
                    pictures: Vec::new(),
                    exchange: std::sync::Arc::clone(&sample.exchange),
                }
            })
            .collect()
    }

    /// Keeps the newest, and the pinned one however old it is, for every answer holds it.
    fn forget(&mut self) {
        let mut order: Vec<(u64, i64)> = self.known.iter().map(|(id, (date, _))| (*date, *id)).collect();
        if order.len() <= REMEMBERED {
            return;
        }
        order.sort_unstable_by(|a, b| b.cmp(a));
        for (_, id) in order.into_iter().skip(REMEMBERED).filter(|(_, id)| self.pinned != Some(*id)) {
            self.known.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests;
