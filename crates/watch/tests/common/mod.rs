//! A watcher with a made-up index and made-up sources.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)] // each test file uses a part of it

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use age::x25519::Identity;
use countermark_inbox::{Item, Position, Reader};
use countermark_sources::{
    Batch, Cursor, Exchange, Fault, Fetched, Kind, Limits, Net, Passage, Picture, Post, Role, Source,
};
use countermark_watch::{Feed, Hit, IndexState, Mode, PictureText, ReadPicture, Screen, Setup, Unread, WatchFolder};

pub const IDENTITY: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

/// What was written in confidence, and what everybody says.
pub const SECRET: &str = "the ferry to Lisk is to carry the grain before the frost";
pub const COMMON: &str = "I have the honour to inform you";

pub fn identity() -> Identity {
    IDENTITY.parse().unwrap()
}

/// Finds the two texts above.
pub struct Index;

impl Screen for Index {
    fn screen(&mut self, text: &str) -> Vec<Hit> {
        let hit = |phrase: &str, handle, words, bits, alarm| {
            let at = text.find(phrase)?;
            Some(Hit { handle, words, bits, alarm, spans: std::iter::once(at..at + phrase.len()).collect() })
        };
        [hit(SECRET, 7, 12, 61.5, true), hit(COMMON, 8, 7, 9.0, false)].into_iter().flatten().collect()
    }

    fn refresh(&mut self) -> Result<IndexState, String> {
        Ok(IndexState { messages: 2, written_at: 1_900_000_000 })
    }
}

/// Answers with what a function makes of the cursor.
pub struct Fake<F>(pub F);

impl<F: FnMut(u64) -> Result<(Vec<Post>, u64, bool), Fault> + Send> Source for Fake<F> {
    fn poll(&mut self, _: &Net, cursor: &Cursor) -> Result<Batch, Fault> {
        let (posts, next, more) = (self.0)(cursor.0.as_u64().unwrap_or(0))?;
        Ok(Batch { posts, cursor: Cursor(next.into()), more })
    }

    fn every(&self) -> Duration {
        Duration::from_millis(50)
    }
}

pub fn post(id: &str, text: &str) -> Post {
    let response = format!("HTTP/1.1 200 OK\r\n\r\n<p>{text}</p>").into_bytes();
    let url = format!("https://gazette.example/{id}");
    Post {
        id: id.to_owned(),
        url: Some(url.clone()),
        author: Some("The Gazette".into()),
        at: Some(1_900_000_000),
        kind: Kind::New,
        passages: vec![Passage { role: Role::Own, author: None, text: text.to_owned() }],
        pictures: vec![],
        exchange: Arc::new(Exchange {
            url,
            at_ms: 1_900_000_005_000,
            request: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            response,
        }),
    }
}

/// Fetches pictures that are files.
struct Disk;

impl Source for Disk {
    fn poll(&mut self, _: &Net, _: &Cursor) -> Result<Batch, Fault> {
        Err(Fault::Unreachable("never asked"))
    }

    fn every(&self) -> Duration {
        Duration::ZERO
    }

    fn picture(&mut self, _: &Net, picture: &Picture) -> Result<Fetched, Fault> {
        let bytes = std::fs::read(&picture.url).map_err(|_| Fault::Garbled("not a picture"))?;
        let exchange = Exchange { url: picture.url.clone(), at_ms: 0, request: Vec::new(), response: bytes.clone() };
        Ok(Fetched { bytes, content_type: None, exchange })
    }
}

pub fn with_picture(mut post: Post, path: &Path) -> Post {
    post.pictures.push(Picture { url: path.to_str().unwrap().to_owned() });
    post
}

pub fn feed(name: &str, source: impl Source + 'static) -> Feed {
    let every = source.every();
    Feed { name: name.to_owned(), source: Box::new(source), every, pictures: Some(Box::new(Disk)) }
}

/// Reads a "picture" whose bytes are its text; `broken` is none, `later` fails the first time.
pub struct Eyes(pub AtomicUsize);

impl ReadPicture for Eyes {
    fn read(&self, bytes: &[u8]) -> Result<PictureText, Unread> {
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| Unread::Never)?;
        match self.0.fetch_add(1, Ordering::SeqCst) {
            _ if text == "broken" => Err(Unread::Never),
            _ if text == "panic" => panic!("a reader that fails"),
            0 if text.starts_with("later") => Err(Unread::Failed),
            _ => Ok(PictureText { text, words: vec![(0, 3, 90)] }),
        }
    }
}

pub fn folder(dir: &Path) -> WatchFolder {
    let folder = WatchFolder::at(&dir.join("v.watch"));
    folder.create().unwrap();
    std::fs::write(folder.root().join("desk.pub"), format!("{}\n", identity().to_public())).unwrap();
    folder
}

pub static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

pub fn net() -> Net {
    Net::new(Limits::default())
}

pub fn setup(folder: &WatchFolder, feeds: Vec<Feed>) -> Setup {
    Setup {
        folder: folder.clone(),
        feeds,
        screen: Box::new(Index),
        reader: Some(Arc::new(Eyes(AtomicUsize::new(0)))),
        attribute: None,
        names: vec![],
        alarms: vec![],
        credentials: Default::default(),
        inbox: countermark_inbox::Limits::default(),
        net: net(),
        stop: Arc::new(AtomicBool::new(false)),
        mode: Mode::Once,
        metrics: None,
        now_ms: || {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
            u64::try_from(since.as_millis()).unwrap()
        },
        log: |line| LOG.lock().unwrap().push(line.to_owned()),
    }
}

pub fn items(folder: &WatchFolder) -> Vec<Item> {
    let mut reader = Reader::open(&folder.inbox(), &identity()).unwrap();
    let (mut items, mut at) = (Vec::new(), Position::default());
    while let Some((position, item)) = reader.next(&at).unwrap() {
        items.push(item);
        at = position;
    }
    assert!(reader.damage().is_empty());
    items
}

/// A source of so many posts, twenty at a time and five of them again: every tenth is the secret, every seventh what everybody says.
pub fn numbered(posts: u64) -> impl FnMut(u64) -> Result<(Vec<Post>, u64, bool), Fault> + Send {
    move |after| {
        let last = (after + 20).min(posts);
        let made = (after.saturating_sub(5) + 1..=last).map(|n| post(&n.to_string(), &text(n)));
        Ok((made.collect(), last, last < posts))
    }
}

pub fn text(n: u64) -> String {
    match n {
        n if n.is_multiple_of(10) => format!("Number {n}: {SECRET}, it is said."),
        n if n.is_multiple_of(7) => format!("Number {n}: {COMMON} of nothing."),
        n => format!("Number {n} is about the weather in Dorn."),
    }
}
