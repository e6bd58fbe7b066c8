//! Feeds: RSS 0.9x to 2.0, RDF, Atom, JSON Feed, in the character sets that exist.
//!
//! An item is known by its guid or id, else its link, else its words. Where the whole article is wanted (`full`), it is fetched
//! from the item's link, and is the post; the feed's own words stand before it.

use std::sync::Arc;
use std::time::Duration;

use countermark_reading::{article, decode};
use serde::{Deserialize, Serialize};

use crate::seen::Seen;
use crate::{
    Batch, Cursor, Fault, Fetched, Kind, Net, Passage, Picture, Post, Reach, Request, Role, Source, Validators,
};

mod loose;
mod parse;

pub use parse::parse;

/// Items of which a hash is kept.
const KEPT: usize = 2000;

/// Articles fetched in one poll.
const ARTICLES: usize = 10;

/// Articles that wait to be fetched; the oldest are given up beyond.
const WAITING: usize = 200;

/// How often an article is asked for.
const TRIES: u8 = 3;

/// Whether an item's article is fetched too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What the feed holds.
    Feed,
    /// The article behind each item's link as well.
    Full,
}

/// A feed.
#[derive(Debug)]
pub struct Feed {
    url: String,
    depth: Depth,
    every: Duration,
    reach: Reach,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    validators: Validators,
    seen: Seen,
    waiting: Vec<Waiting>,
}

/// An article that is still to be fetched.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Waiting {
    id: String,
    url: String,
    tries: u8,
}

impl Feed {
    /// A feed at an address.
    #[must_use]
    pub fn new(url: &str, depth: Depth, every: Duration, reach: Reach) -> Feed {
        Feed { url: url.to_owned(), depth, every, reach }
    }

    /// Fetches articles that wait, as many as one poll may; says whether more can be fetched at once.
    fn articles(&self, net: &Net, state: &mut State, posts: &mut Vec<Post>) -> bool {
        let mut failed = Vec::new();
        let mut left = state.waiting.split_off(state.waiting.len().min(ARTICLES));
        for mut waiting in state.waiting.drain(..) {
            match self.article(net, &waiting) {
                Ok(found) => give(found, posts),
                Err(fault) => {
                    waiting.tries += 1;
                    if waiting.tries < TRIES && fault.passes() {
                        failed.push(waiting);
                    }
                }
            }
        }
        let more = !left.is_empty();
        left.append(&mut failed);
        left.drain(..left.len().saturating_sub(WAITING));
        state.waiting = left;
        more
    }

    fn article(&self, net: &Net, waiting: &Waiting) -> Result<Post, Fault> {
        let (answer, exchange) =
            net.ask(&Request::get(&waiting.url).reach(self.reach.within(&self.url, &waiting.url)))?;
        let article = article(&decode(&answer.body, answer.content_type.as_deref()), Some(&answer.url));
        let text = article.text();
        if text.is_empty() {
            return Err(Fault::Garbled("a page without an article"));
        }
        let passages = article.title.iter().cloned().chain([text]);
        let passages = passages.map(|text| Passage { role: Role::Own, author: article.byline.clone(), text });
        Ok(Post {
            id: waiting.id.clone(),
            url: Some(waiting.url.clone()),
            author: article.byline.clone(),
            at: article.published.as_deref().and_then(crate::when::rfc3339),
            kind: Kind::Edited,
            passages: passages.collect(),
            pictures: Vec::new(),
            exchange: Arc::new(exchange),
        })
    }
}

/// The article joins the item where this poll gave it; else it is a later version of it.
fn give(article: Post, posts: &mut Vec<Post>) {
    match posts.iter_mut().find(|post| post.id == article.id) {
        Some(post) => {
            post.passages.extend(article.passages);
            post.author = post.author.take().or(article.author);
            post.at = post.at.or(article.at);
            post.exchange = article.exchange;
        }
        None => posts.push(article),
    }
}

impl Source for Feed {
    fn poll(&mut self, net: &Net, cursor: &Cursor) -> Result<Batch, Fault> {
        let mut state: State = cursor.state();
        let request = Request::get(&self.url).reach(self.reach).since(&state.validators);
        let (answer, exchange) = net.ask(&request)?;
        let mut posts = Vec::new();
        if !answer.unchanged() {
            let items = parse(&answer.body, answer.content_type.as_deref(), &answer.url, &Arc::new(exchange))?;
            for post in items.into_iter().filter_map(|post| state.seen.post(post)).collect::<Vec<_>>() {
                if let (Depth::Full, Some(url)) = (self.depth, &post.url) {
                    state.waiting.push(Waiting { id: post.id.clone(), url: url.clone(), tries: 0 });
                }
                posts.push(post);
            }
            state.seen.bound(KEPT);
            state.validators = answer.validators;
        }
        let more = self.articles(net, &mut state, &mut posts);
        Ok(Batch { posts, cursor: Cursor::of(&state), more })
    }

    fn every(&self) -> Duration {
        self.every
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn picture(&mut self, net: &Net, picture: &Picture) -> Result<Fetched, Fault> {
        net.fetch_picture(&picture.url, self.reach.within(&self.url, &picture.url))
    }
}
