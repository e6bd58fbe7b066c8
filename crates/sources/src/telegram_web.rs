//! Public channels of Telegram, by their preview pages (`t.me/s/CHANNEL`): no account, no key.
//!
//! A page shows about 20 posts, newest last, and leads to older ones with `?before=ID`. An id that stood on a page and is missing
//! between two that stand there has been deleted.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use countermark_reading::decode;
use serde::{Deserialize, Serialize};

use crate::seen::{Known, Seen, hash};
use crate::{Batch, Cursor, Exchange, Fault, Fetched, Kind, Limits, Net, Picture, Post, Reach, Request, Source};

mod page;

pub use page::{Page, parse};

/// Pages asked in one poll, the newest included.
const PAGES: usize = 5;

/// Pages asked to fill one gap, in as many polls as it takes.
const GAP_PAGES: u32 = 50;

/// Gaps that are remembered.
const GAPS: usize = 8;

/// Posts of which a hash is kept.
const KEPT: usize = 500;

/// Bytes of a page. Real ones have some 200 kB.
const LIMITS: (usize, usize) = (4 << 20, 8 << 20);

/// A channel.
#[derive(Debug)]
pub struct TelegramWeb {
    channel: String,
    base: String,
    every: Duration,
    reach: Reach,
}

/// Where it stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// The highest id that was seen; 0 before the first poll.
    last: u64,
    seen: Seen,
    gaps: VecDeque<Gap>,
}

/// Posts between two ids, both seen, that were not asked for yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Gap {
    after: u64,
    before: u64,
    pages: u32,
}

impl TelegramWeb {
    /// A channel by its name, without `@`; `base` is `https://t.me` unless tests or a mirror say otherwise.
    #[must_use]
    pub fn new(channel: &str, base: &str, every: Duration, reach: Reach) -> TelegramWeb {
        TelegramWeb { channel: channel.to_owned(), base: base.trim_end_matches('/').to_owned(), every, reach }
    }

    fn ask(&self, net: &Net, before: Option<u64>) -> Result<Page, Fault> {
        let before = before.map(|id| format!("?before={id}")).unwrap_or_default();
        let url = format!("{}/s/{}{before}", self.base, self.channel);
        let limits = Limits { body: LIMITS.0, decoded: LIMITS.1, ..net.limits() };
        let (answer, exchange) = net.ask(&Request::get(url).reach(self.reach).limits(limits))?;
        let html = decode(&answer.body, answer.content_type.as_deref());
        parse(&html, &self.channel, &Arc::new(exchange))
    }
}

impl Source for TelegramWeb {
    fn poll(&mut self, net: &Net, cursor: &Cursor) -> Result<Batch, Fault> {
        let mut state: State = cursor.state();
        let newest = self.ask(net, None)?;
        let mut posts = Vec::new();
        if let Some(first) = newest.first()
            && state.last > 0
            && first > state.last + 1
        {
            state.gaps.push_back(Gap { after: state.last, before: first, pages: 0 });
        }
        state.take(newest, &mut posts);
        let mut waiting = false;
        for _ in 1..PAGES {
            let Some(mut gap) = state.gaps.pop_front() else { break };
            // What fails is asked again the next time; the newest posts don't wait for it.
            let Ok(page) = self.ask(net, Some(gap.before)) else {
                state.gaps.push_front(gap);
                waiting = true;
                break;
            };
            let first = page.first();
            state.take(page, &mut posts);
            match first {
                Some(first) if first < gap.before && first > gap.after + 1 && gap.pages + 1 < GAP_PAGES => {
                    gap = Gap { before: first, pages: gap.pages + 1, ..gap };
                    state.gaps.push_front(gap);
                }
                _ => {}
            }
        }
        while state.gaps.len() > GAPS {
            state.gaps.pop_front();
        }
        state.seen.bound(KEPT);
        let more = !state.gaps.is_empty() && !waiting;
        Ok(Batch { posts, cursor: Cursor::of(&state), more })
    }

    fn every(&self) -> Duration {
        self.every
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn picture(&mut self, net: &Net, picture: &Picture) -> Result<Fetched, Fault> {
        net.fetch_picture(&picture.url, self.reach.within(&self.base, &picture.url))
    }
}

impl State {
    /// Takes a page in: what is new, what has changed, what is gone.
    fn take(&mut self, page: Page, posts: &mut Vec<Post>) {
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return };
        let Page { posts: given, exchange } = page;
        self.last = self.last.max(last);
        let gone: Vec<u64> = self
            .seen
            .keys()
            .into_iter()
            .filter_map(|key| key.parse().ok())
            .filter(|id| (first..last).contains(id) && !given.iter().any(|(given, _)| given == id))
            .collect();
        let channel = given[0].1.id.split('/').next().unwrap_or_default().to_owned();
        for id in gone {
            self.seen.forget(&id.to_string());
            posts.push(deleted(&channel, id, &exchange));
        }
        for (id, mut post) in given {
            match self.seen.take(&id.to_string(), hash(&post)) {
                Known::Same => continue,
                Known::Changed => post.kind = Kind::Edited,
                Known::New => {}
            }
            posts.push(post);
        }
    }
}

fn deleted(channel: &str, id: u64, exchange: &Arc<Exchange>) -> Post {
    Post {
        id: format!("{channel}/{id}"),
        url: Some(format!("https://t.me/{channel}/{id}")),
        author: None,
        at: None,
        kind: Kind::Deleted,
        passages: Vec::new(),
        pictures: Vec::new(),
        exchange: Arc::clone(exchange),
    }
}
