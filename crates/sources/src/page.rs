//! Any web page, by the text of its article. Each change of that text is an edit.

use std::sync::Arc;
use std::time::Duration;

use countermark_reading::{article, decode, plain};
use serde::{Deserialize, Serialize};

use crate::seen::hash;
use crate::when::rfc3339;
use crate::{
    Batch, Cursor, Exchange, Fault, Fetched, Kind, Net, Passage, Picture, Post, Reach, Request, Role, Source,
    Validators,
};

/// Pictures of a page that are taken.
const PICTURES: usize = 20;

/// A page.
#[derive(Debug)]
pub struct WebPage {
    url: String,
    every: Duration,
    reach: Reach,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    validators: Validators,
    /// Of the text that was given last; empty before the first.
    hash: String,
}

impl WebPage {
    /// A page at an address.
    #[must_use]
    pub fn new(url: &str, every: Duration, reach: Reach) -> WebPage {
        WebPage { url: url.to_owned(), every, reach }
    }
}

impl Source for WebPage {
    fn poll(&mut self, net: &Net, cursor: &Cursor) -> Result<Batch, Fault> {
        let mut state: State = cursor.state();
        let request = Request::get(&self.url).reach(self.reach).since(&state.validators);
        let (answer, exchange) = net.ask(&request)?;
        if answer.unchanged() {
            return Ok(Batch { cursor: cursor.clone(), ..Batch::default() });
        }
        let mut post = parse(&answer.body, answer.content_type.as_deref(), &self.url, &Arc::new(exchange))?;
        let now = hash(&post);
        state.validators = answer.validators;
        let posts = match std::mem::replace(&mut state.hash, now.clone()) {
            known if known == now => Vec::new(),
            known => {
                if !known.is_empty() {
                    post.kind = Kind::Edited;
                }
                vec![post]
            }
        };
        Ok(Batch { posts, cursor: Cursor::of(&state), more: false })
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

/// A page as a post: its headline and its article, or all of its text where no article is found.
///
/// # Errors
/// [`Fault::Garbled`] when it holds no text and no picture: a page that a script fills, or none at all.
pub fn parse(bytes: &[u8], content_type: Option<&str>, url: &str, exchange: &Arc<Exchange>) -> Result<Post, Fault> {
    let html = decode(bytes, content_type);
    let html = if content_type.is_some_and(|kind| kind.trim_start().starts_with("text/plain")) {
        return Ok(post(url, vec![html.replace("\r\n", "\n")], None, exchange));
    } else {
        html
    };
    let article = article(&html, Some(url));
    let text = match article.text() {
        text if text.trim().is_empty() => plain(&html),
        text => text,
    };
    let passages: Vec<String> =
        article.title.into_iter().chain([text]).filter(|text| !text.trim().is_empty()).collect();
    let pictures: Vec<Picture> = article.pictures.into_iter().take(PICTURES).map(|url| Picture { url }).collect();
    if passages.is_empty() && pictures.is_empty() {
        return Err(Fault::Garbled("a page without text"));
    }
    let at = article.published.as_deref().and_then(rfc3339);
    Ok(Post { pictures, at, ..post(url, passages, article.byline, exchange) })
}

fn post(url: &str, texts: Vec<String>, author: Option<String>, exchange: &Arc<Exchange>) -> Post {
    let passage = |text| Passage { role: Role::Own, author: author.clone(), text };
    Post {
        id: url.to_owned(),
        url: Some(url.to_owned()),
        at: None,
        kind: Kind::New,
        passages: texts.into_iter().map(passage).collect(),
        pictures: Vec::new(),
        exchange: Arc::clone(exchange),
        author: author.clone(),
    }
}
