//! Where a timeline stands: what has been seen of its newest statuses, and a gap that is being closed.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::seen::hash;
use crate::{Kind, Post};

/// Statuses a request asks for: the most that an honest server gives.
pub(super) const PAGE: usize = 40;

/// How many statuses are remembered.
const REMEMBERED: usize = 10 * PAGE;

/// The most requests that close one gap.
const LONGEST_GAP: u32 = 50;

/// How far before the newest known status a gap begins: what comes from other servers is sorted in by when it was written, and may be
/// late.
const LATE_MS: u64 = 120_000;

/// The cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    /// The account's id, once it has been looked up.
    pub(super) account: Option<String>,
    /// Status by its id: a hash of what it said.
    known: BTreeMap<Id, String>,
    /// The newest id ever seen.
    newest: Option<Id>,
    gap: Option<Gap>,
}

/// A gap between what was known and the newest page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Gap {
    from: Id,
    until: Id,
    asked: u32,
}

/// A status's id, in the order in which ids are given: numbers by their value, others (Pleroma's) as texts of one length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Id(String);

/// What to ask a timeline for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Its newest page.
    Newest,
    /// The page that follows this id upwards (`min_id`).
    After(String),
}

/// What an answer brought.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// New and changed statuses.
    pub(super) posts: Vec<Post>,
    /// Known ones that should stand in the answer and don't: deleted, or hidden.
    pub(super) missing: Vec<String>,
    /// Whether more must be asked at once.
    pub(super) more: bool,
}

impl Place {
    /// What to ask for next.
    pub(super) fn ask(&self) -> Ask {
        self.gap.as_ref().map_or(Ask::Newest, |gap| Ask::After(gap.from.0.clone()))
    }

    /// Takes in the answer to [`ask`](Self::ask).
    pub(super) fn take(&mut self, posts: Vec<Post>) -> Taken {
        let ids = || posts.iter().map(|post| Id(post.id.clone()));
        let (oldest, newest) = (ids().min(), ids().max());
        let mut missing = Vec::new();
        match self.gap.take() {
            None => {
                if let (Some(oldest), Some(newest)) = (&oldest, &newest) {
                    missing = self.missing(&posts, oldest, newest);
                    self.open_gap(oldest);
                }
            }
            Some(mut gap) => {
                gap.asked += 1;
                let up = newest
                    .as_ref()
                    .filter(|newest| **newest > gap.from && **newest < gap.until && gap.asked < LONGEST_GAP);
                self.gap = up.map(|newest| Gap { from: newest.clone(), ..gap });
            }
        }
        let posts = posts.into_iter().filter_map(|post| self.fresh(post)).collect();
        Taken { posts, missing, more: self.gap.is_some() }
    }

    /// Takes in one status, or the news that one is deleted, from a stream: given back unless it is known as it stands.
    pub(super) fn fresh(&mut self, mut post: Post) -> Option<Post> {
        let id = Id(post.id.clone());
        if post.kind == Kind::Deleted {
            self.known.remove(&id);
            return Some(post);
        }
        let hash = hash(&post);
        self.newest = self.newest.take().max(Some(id.clone()));
        match self.known.insert(id, hash.clone()) {
            Some(before) if before == hash => return None,
            Some(_) => post.kind = Kind::Edited,
            None => {}
        }
        while self.known.len() > REMEMBERED {
            self.known.pop_first();
        }
        Some(post)
    }

    /// Forgets a status: it is deleted, or no longer shown.
    pub(super) fn forget(&mut self, id: &str) {
        self.known.remove(&Id(id.to_owned()));
    }

    fn open_gap(&mut self, oldest: &Id) {
        let Some(known) = &self.newest else { return };
        if oldest > known {
            self.gap = Some(Gap { from: known.earlier(), until: oldest.clone(), asked: 0 });
        }
    }

    /// What lies in the answer's range, or above it, and is not in it.
    fn missing(&self, posts: &[Post], oldest: &Id, newest: &Id) -> Vec<String> {
        let listed = |id: &Id| id == oldest || id == newest || posts.iter().any(|post| post.id == id.0);
        self.known.range(oldest.clone()..).map(|(id, _)| id).filter(|id| !listed(id)).map(|id| id.0.clone()).collect()
    }
}

impl Id {
    /// An id of a little before, where ids tell the time: Mastodon's since 2017 are milliseconds, then 16 bits.
    fn earlier(&self) -> Id {
        let number: Option<u64> = self.0.parse().ok();
        match number.filter(|number| number >> 16 > 1_400_000_000_000) {
            Some(number) => Id((number - (LATE_MS << 16)).to_string()),
            None => self.clone(),
        }
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests;
