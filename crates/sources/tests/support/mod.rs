//! What the tests of the services share.
#![allow(dead_code)] // each test file uses its part

use std::time::Duration;

use countermark_sources::{Batch, Cursor, Fault, Kind, Limits, Net, Post, Source};

/// A client that does not wait long.
pub fn net() -> Net {
    let limits = Limits { connect: Duration::from_secs(2), whole: Duration::from_secs(2), ..Limits::default() };
    Net::new(limits).with_patience(Duration::from_millis(300))
}

/// A source as the watcher uses it: the cursor goes through JSON, and is kept only after a poll that worked.
pub struct Watched<S> {
    pub source: S,
    pub net: Net,
    pub cursor: Cursor,
}

impl<S: Source> Watched<S> {
    pub fn new(source: S) -> Watched<S> {
        Watched { source, net: net(), cursor: Cursor::default() }
    }

    /// One poll.
    pub fn poll(&mut self) -> Result<Batch, Fault> {
        let batch = self.source.poll(&self.net, &self.cursor)?;
        let kept = serde_json::to_string(&batch.cursor).expect("JSON");
        self.cursor = serde_json::from_str(&kept).expect("its own");
        Ok(batch)
    }

    /// Polls until nothing more lies ready.
    pub fn look(&mut self) -> Vec<Post> {
        let mut posts = Vec::new();
        for _ in 0..200 {
            let batch = self.poll().expect("an answer");
            posts.extend(batch.posts);
            if !batch.more {
                return posts;
            }
        }
        panic!("without end");
    }

    /// Polls until this many texts have come, faults that pass included; what has come.
    pub fn until(&mut self, count: usize) -> Vec<Post> {
        let mut posts = Vec::new();
        for _ in 0..200 {
            match self.poll() {
                Ok(batch) => posts.extend(batch.posts),
                Err(Fault::Wait(wait)) => std::thread::sleep(wait.min(Duration::from_millis(1_100))),
                Err(fault) => assert!(fault.passes(), "{fault}"),
            }
            if posts.len() >= count {
                return posts;
            }
        }
        panic!("{} of {count} came", posts.len());
    }
}

/// What posts say first.
pub fn texts(posts: &[Post]) -> Vec<&str> {
    posts.iter().map(|post| post.passages.first().map_or("", |passage| passage.text.as_str())).collect()
}

/// What posts say first, in order and each once.
pub fn sorted(posts: &[Post]) -> Vec<&str> {
    let mut texts = texts(posts);
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// What became of posts.
pub fn kinds(posts: &[Post]) -> Vec<Kind> {
    posts.iter().map(|post| post.kind).collect()
}
