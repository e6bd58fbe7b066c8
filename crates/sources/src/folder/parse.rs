//! A file, as posts.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use countermark_reading::decode;
use serde::Deserialize;

use super::name::{self, Content};
use crate::{Exchange, Kind, Passage, Picture, Post, Role};

/// A post as another program writes it: a JSON object, a list of them, or one a line.
#[derive(Deserialize)]
struct Given {
    id: Option<String>,
    text: String,
    author: Option<String>,
    at: Option<u64>,
    url: Option<String>,
}

/// The posts in a file by its path, its name, and its content, which stands in the exchange; `edited` when a version of it
/// was seen. A file whose content is not what its name says is read as text.
pub fn parse(path: &Path, name: &[u8], exchange: Arc<Exchange>, edited: bool) -> Vec<Post> {
    let kind = if edited { Kind::Edited } else { Kind::New };
    let base = Post {
        id: name::encode(name),
        url: None,
        author: None,
        at: None,
        kind,
        passages: Vec::new(),
        pictures: Vec::new(),
        exchange: Arc::clone(&exchange),
    };
    let bytes = &exchange.response;
    let text = |text: String| Post { passages: own(None, text), ..base.clone() };
    match name::kind(name) {
        Some(Content::Picture) => {
            vec![Post { pictures: vec![Picture { url: name::encode(path.as_os_str().as_bytes()) }], ..base }]
        }
        Some(Content::Html) => match crate::page::parse(bytes, Some("text/html"), "", &exchange) {
            Ok(page) => vec![Post { passages: page.passages, author: page.author, at: page.at, ..base }],
            Err(_) => Vec::new(),
        },
        Some(Content::Posts) => {
            let decoded = decode(bytes, None);
            match given(&decoded) {
                Some(posts) => posts.into_iter().enumerate().map(|(at, given)| post(&base, at, given)).collect(),
                None => vec![text(decoded)],
            }
        }
        Some(Content::Text) => vec![text(decode(bytes, None).replace("\r\n", "\n"))],
        None => Vec::new(),
    }
}

fn given(text: &str) -> Option<Vec<Given>> {
    if let Ok(posts) = serde_json::from_str::<Vec<Given>>(text) {
        return Some(posts);
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    match serde_json::from_str::<Given>(text) {
        Ok(post) => Some(vec![post]),
        Err(_) => lines
            .map(|line| serde_json::from_str(line).ok())
            .collect::<Option<Vec<_>>>()
            .filter(|posts| !posts.is_empty()),
    }
}

fn post(base: &Post, at: usize, given: Given) -> Post {
    let id = given.id.unwrap_or_else(|| (at + 1).to_string());
    Post {
        id: format!("{}#{id}", base.id),
        url: given.url,
        at: given.at,
        passages: own(given.author.as_deref(), given.text),
        author: given.author,
        ..base.clone()
    }
}

fn own(author: Option<&str>, text: String) -> Vec<Passage> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    vec![Passage { role: Role::Own, author: author.map(str::to_owned), text }]
}
