//! The services that posts come from, as small servers on the loopback, behind one handle: a post is written, changed, taken away, and when an
//! answer first held it is noted.

#![allow(dead_code)] // each test file uses a part of it

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use countermark_testkit::{Jetstream, Loopback, MastodonServer, Reply, VkApi};
use serde_json::{Value, json};

/// Names of the services, each a source's name too.
pub const SERVICES: [&str; 9] =
    ["folder", "telegram", "telegram-bot", "feed-1251", "page", "vk", "mastodon", "mastodon-stream", "bluesky"];

/// A clean post.
pub const WEATHER: &str = "It rains in Dorn again, and the last ferry of the evening is late as it was yesterday.";

/// A service with something to be watched.
pub trait Service: Send {
    /// What stands behind `watch add`, once a source.
    fn adds(&self) -> Vec<Vec<String>>;

    /// A new post; what its id or address ends with.
    fn publish(&mut self, text: &str) -> String;

    /// Changes a post. Whether the service has such a thing.
    fn edit(&mut self, _post: &str, _text: &str) -> bool {
        false
    }

    /// Takes a post away, so that whoever watches can know. Whether the service has such a thing.
    fn delete(&mut self, _post: &str) -> bool {
        false
    }

    /// When an answer first held the post: for a stream when it was sent, for a folder when the file got its name.
    fn shown(&self, post: &str) -> Option<Instant>;

    /// Whether a watcher is there already, where that matters: a stream shows only what comes later.
    fn is_watched(&self) -> bool {
        true
    }
}

/// The service of this name; what it needs of files goes into the folder. `pages` is how many posts a service of pages can have.
pub fn service(name: &str, dir: &Path, pages: usize) -> Box<dyn Service> {
    let credentials = |secret: &str| {
        let path = dir.join(format!("{name}.secret"));
        std::fs::write(&path, format!("{secret}\n")).unwrap();
        path
    };
    match name {
        "folder" => Box::new(Folder::new(dir)),
        "telegram" => Box::new(Telegram::new()),
        "telegram-bot" => Box::new(Bot::new(credentials("7201:AAF-fictional"))),
        "feed-1251" => Box::new(Feed::new()),
        "page" => Box::new(Page::new(pages)),
        "vk" => Box::new(Vk::new(credentials("fictional"))),
        "mastodon" => Box::new(Mastodon::new("mastodon:social.example/@anna", "mastodon")),
        "mastodon-stream" => Box::new(Mastodon::new("mastodon:social.example", "mastodon-stream")),
        "bluesky" => Box::new(Bluesky { server: Jetstream::new(), shown: HashMap::new() }),
        _ => panic!("no service is called {name}"),
    }
}

fn add(spec: &str, name: &str, more: &[&str]) -> Vec<String> {
    let all = [&[spec, "--name", name][..], more].concat();
    all.into_iter().map(str::to_owned).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Posts, and when each was first shown.
type Shown = (BTreeMap<u64, String>, HashMap<u64, Instant>);

/// The Bot API's updates, and when each was first given.
type Updates = Arc<Mutex<Vec<(Value, Option<Instant>)>>>;

/// Posts by number, shared with the thread that serves them, and when each was first shown.
#[derive(Clone, Default)]
struct Board(Arc<Mutex<Shown>>);

impl Board {
    fn put(&self, number: u64, text: &str) {
        self.0.lock().unwrap().0.insert(number, text.to_owned());
    }

    fn next(&self) -> u64 {
        self.0.lock().unwrap().0.last_key_value().map_or(1, |(last, _)| last + 1)
    }

    fn write(&self, text: &str) -> String {
        let number = self.next();
        self.put(number, text);
        number.to_string()
    }

    fn remove(&self, post: &str) {
        self.0.lock().unwrap().0.remove(&post.parse().unwrap());
    }

    /// The newest before a number, the oldest of them first; they are shown now.
    fn show(&self, before: u64, most: usize) -> Vec<(u64, String)> {
        let mut board = self.0.lock().unwrap();
        let mut found: Vec<_> =
            board.0.range(..before).rev().take(most).map(|(id, text)| (*id, text.clone())).collect();
        found.reverse();
        for (id, _) in &found {
            board.1.entry(*id).or_insert_with(Instant::now);
        }
        found
    }

    fn shown(&self, post: &str) -> Option<Instant> {
        self.0.lock().unwrap().1.get(&post.parse().ok()?).copied()
    }
}

/// A watched folder.
pub struct Folder {
    dir: PathBuf,
    next: u64,
    shown: HashMap<String, Instant>,
}

impl Folder {
    /// The folder `drop` in this one.
    pub fn new(dir: &Path) -> Self {
        let dir = dir.join("drop");
        std::fs::create_dir_all(&dir).unwrap();
        Self { dir, next: 1, shown: HashMap::new() }
    }

    /// Puts a file there, whole at once.
    pub fn put(&mut self, name: &str, bytes: &[u8]) {
        let part = self.dir.join(format!(".{name}"));
        std::fs::write(&part, bytes).unwrap();
        std::fs::rename(&part, self.dir.join(name)).unwrap();
        self.shown.insert(name.to_owned(), Instant::now());
    }
}

impl Service for Folder {
    fn adds(&self) -> Vec<Vec<String>> {
        vec![add(&format!("folder:{}", self.dir.display()), "folder", &["--every", "100ms"])]
    }

    fn publish(&mut self, text: &str) -> String {
        let name = format!("{}.txt", self.next);
        self.next += 1;
        self.put(&name, text.as_bytes());
        name
    }

    fn edit(&mut self, post: &str, text: &str) -> bool {
        self.put(post, text.as_bytes());
        true
    }

    fn shown(&self, post: &str) -> Option<Instant> {
        self.shown.get(post).copied()
    }
}

/// The preview pages of a channel on Telegram, twenty posts each.
struct Telegram {
    board: Board,
    server: Loopback,
}

impl Telegram {
    fn new() -> Self {
        let board = Board::default();
        board.write(WEATHER);
        let served = board.clone();
        let server = Loopback::new(move |request| {
            let path = request.head.split(' ').nth(1).unwrap_or_default();
            let before = path.split_once("before=").and_then(|(_, id)| id.parse().ok()).unwrap_or(u64::MAX);
            let message = |(id, text): (u64, String)| {
                format!(
                    "<div class='tgme_widget_message' data-post='gazette/{id}'><div class='tgme_widget_message_text'>{}</div></div>",
                    escaped(&text)
                )
            };
            let messages: String = served.show(before, 20).into_iter().map(message).collect();
            let page = format!("<html><section class='tgme_channel_history'>{messages}</section></html>");
            Reply::Whole(200, "text/html; charset=utf-8", page.into_bytes())
        });
        Self { board, server }
    }
}

impl Service for Telegram {
    fn adds(&self) -> Vec<Vec<String>> {
        let base = self.server.url();
        vec![add("telegram:gazette", "telegram", &["--every", "200ms", "--allow-private", "--base", &base])]
    }

    fn publish(&mut self, text: &str) -> String {
        self.board.write(text)
    }

    fn edit(&mut self, post: &str, text: &str) -> bool {
        self.board.put(post.parse().unwrap(), text);
        true
    }

    fn delete(&mut self, post: &str) -> bool {
        // That one is gone shows when there are posts on both sides of it.
        self.board.write(WEATHER);
        self.board.remove(post);
        true
    }

    fn shown(&self, post: &str) -> Option<Instant> {
        self.board.shown(post)
    }
}

/// Telegram's Bot API.
struct Bot {
    updates: Updates,
    server: Loopback,
    credentials: PathBuf,
    next: i64,
}

impl Bot {
    fn new(credentials: PathBuf) -> Self {
        let updates = Updates::default();
        let served = Arc::clone(&updates);
        let server = Loopback::new(move |request| {
            let offset = request.head.split("offset=").nth(1).and_then(|rest| rest.split(['&', ' ']).next());
            let offset: i64 = offset.and_then(|offset| offset.parse().ok()).unwrap_or(0);
            // It answers when there is news, or after a while.
            let end = Instant::now() + Duration::from_millis(500);
            let due = loop {
                let mut due = Vec::new();
                for (update, shown) in served.lock().unwrap().iter_mut() {
                    if update["update_id"].as_i64().unwrap() >= offset && due.len() < 100 {
                        shown.get_or_insert_with(Instant::now);
                        due.push(update.clone());
                    }
                }
                if !due.is_empty() || Instant::now() > end {
                    break due;
                }
                std::thread::sleep(Duration::from_millis(2));
            };
            Reply::Whole(200, "application/json", json!({"ok": true, "result": due}).to_string().into_bytes())
        });
        Self { updates, server, credentials, next: 1 }
    }

    fn update(&mut self, kind: &str, message: &str, text: &str) {
        let message: i64 = message.parse().unwrap();
        let chat = json!({"id": -1_001_234, "type": "channel", "title": "Gazette", "username": "gazette"});
        let mut update = json!({"update_id": self.next});
        update[kind] = json!({"message_id": message, "date": 1_700_000_000, "chat": chat, "text": text});
        self.next += 1;
        self.updates.lock().unwrap().push((update, None));
    }
}

impl Service for Bot {
    fn adds(&self) -> Vec<Vec<String>> {
        let (base, file) = (self.server.url(), self.credentials.to_str().unwrap());
        let more = ["--allow-private", "--base", &base, "--credentials-file", file];
        vec![add("telegram-bot:gazette", "telegram-bot", &more)]
    }

    fn publish(&mut self, text: &str) -> String {
        let id = self.next.to_string();
        self.update("channel_post", &id, text);
        id
    }

    fn edit(&mut self, post: &str, text: &str) -> bool {
        self.update("edited_channel_post", post, text);
        true
    }

    fn shown(&self, post: &str) -> Option<Instant> {
        let updates = self.updates.lock().unwrap();
        let id: i64 = post.parse().ok()?;
        updates.iter().find(|(update, _)| update["channel_post"]["message_id"] == id).and_then(|(_, shown)| *shown)
    }
}

/// A feed in windows-1251, its newest forty items.
struct Feed {
    board: Board,
    server: Loopback,
}

impl Feed {
    fn new() -> Self {
        let board = Board::default();
        board.write(WEATHER);
        let served = board.clone();
        let server = Loopback::new(move |_| {
            let item = |(id, text): (u64, String)| {
                let text = escaped(&text);
                format!(
                    "<item><guid>gazette/{id}</guid><title>Новость {id}</title><description>{text}</description></item>"
                )
            };
            let items: String = served.show(u64::MAX, 40).into_iter().rev().map(item).collect();
            let feed = format!(
                "<?xml version=\"1.0\" encoding=\"windows-1251\"?><rss version=\"2.0\"><channel><title>Газета</title>{items}</channel></rss>"
            );
            Reply::Whole(200, "application/rss+xml", windows_1251(&feed))
        });
        Self { board, server }
    }
}

impl Service for Feed {
    fn adds(&self) -> Vec<Vec<String>> {
        let spec = format!("feed:{}/rss", self.server.url());
        vec![add(&spec, "feed-1251", &["--every", "200ms", "--allow-private"])]
    }

    fn publish(&mut self, text: &str) -> String {
        format!("gazette/{}", self.board.write(text))
    }

    fn edit(&mut self, post: &str, text: &str) -> bool {
        self.board.put(post.trim_start_matches("gazette/").parse().unwrap(), text);
        true
    }

    fn shown(&self, post: &str) -> Option<Instant> {
        self.board.shown(post.trim_start_matches("gazette/"))
    }
}

/// As bytes of windows-1251; what it does not have is a question mark.
pub fn windows_1251(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '\0'..='\x7f' => c as u8,
        'А'..='я' => u8::try_from(u32::from(c) - 0x410 + 0xC0).unwrap(),
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '–' => 0x96,
        '—' => 0x97,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}

/// Web pages: each a source of its own, on which a text comes to stand.
struct Page {
    texts: Board,
    server: Loopback,
    pages: usize,
    written: usize,
}

impl Page {
    fn new(pages: usize) -> Self {
        let texts = Board::default();
        let served = texts.clone();
        let server = Loopback::new(move |request| {
            let path = request.head.split(' ').nth(1).unwrap_or_default();
            let number: u64 = path.trim_start_matches("/news/").parse().unwrap_or(0);
            let own = served.show(u64::MAX, usize::MAX).into_iter().find(|(id, _)| *id == number);
            let text = own.map_or_else(|| WEATHER.to_owned(), |(_, text)| escaped(&text));
            let page = format!(
                "<!doctype html><html><head><title>The Gazette</title></head><body><nav><a href='/'>Home</a></nav><article><h1>News {number}</h1><p>{text}</p><p>{WEATHER}</p></article></body></html>"
            );
            Reply::Whole(200, "text/html; charset=utf-8", page.into_bytes())
        });
        Self { texts, server, pages, written: 0 }
    }
}

impl Service for Page {
    fn adds(&self) -> Vec<Vec<String>> {
        let url = self.server.url();
        let one = |number: usize| {
            let name = if self.pages == 1 { "page".to_owned() } else { format!("page-{number}") };
            add(&format!("page:{url}/news/{number}"), &name, &["--every", "200ms", "--allow-private"])
        };
        (1..=self.pages).map(one).collect()
    }

    fn publish(&mut self, text: &str) -> String {
        self.written += 1;
        assert!(self.written <= self.pages, "there are no more pages");
        self.texts.put(self.written as u64, text);
        format!("/news/{}", self.written)
    }

    fn edit(&mut self, post: &str, text: &str) -> bool {
        self.texts.put(post.trim_start_matches("/news/").parse().unwrap(), text);
        true
    }

    fn shown(&self, post: &str) -> Option<Instant> {
        self.texts.shown(post.trim_start_matches("/news/"))
    }
}

/// The first answer after a post was written.
fn first_after(answered: &[Instant], written: Instant) -> Option<Instant> {
    answered.iter().copied().find(|at| *at >= written)
}

/// VKontakte's API.
struct Vk {
    server: VkApi,
    credentials: PathBuf,
    written: HashMap<String, Instant>,
}

impl Vk {
    fn new(credentials: PathBuf) -> Self {
        let server = VkApi::new("fictional");
        server.write(WEATHER);
        Self { server, credentials, written: HashMap::new() }
    }
}

impl Service for Vk {
    fn adds(&self) -> Vec<Vec<String>> {
        let (base, file) = (self.server.url(), self.credentials.to_str().unwrap());
        let more = ["--every", "500ms", "--allow-private", "--base", &base, "--credentials-file", file];
        vec![add("vk:gazette", "vk", &more)]
    }

    fn publish(&mut self, text: &str) -> String {
        let id = self.server.write(text).to_string();
        self.written.insert(id.clone(), Instant::now());
        id
    }

    fn edit(&mut self, post: &str, text: &str) -> bool {
        self.server.edit(post.parse().unwrap(), text);
        true
    }

    fn delete(&mut self, post: &str) -> bool {
        self.server.delete(post.parse().unwrap());
        true
    }

    fn shown(&self, post: &str) -> Option<Instant> {
        first_after(&self.server.answered(), *self.written.get(post)?)
    }
}

/// A server of Mastodon's kind, asked or streaming.
struct Mastodon {
    server: MastodonServer,
    spec: &'static str,
    name: &'static str,
    written: HashMap<String, Instant>,
}

impl Mastodon {
    fn new(spec: &'static str, name: &'static str) -> Self {
        let server = MastodonServer::new();
        server.write("anna", &format!("<p>{WEATHER}</p>"));
        Self { server, spec, name, written: HashMap::new() }
    }

    fn streams(&self) -> bool {
        self.name == "mastodon-stream"
    }
}

impl Service for Mastodon {
    fn adds(&self) -> Vec<Vec<String>> {
        vec![add(self.spec, self.name, &["--every", "200ms", "--allow-private", "--base", &self.server.url()])]
    }

    fn publish(&mut self, text: &str) -> String {
        let id = self.server.write("anna", &format!("<p>{}</p>", escaped(text)));
        self.written.insert(id.clone(), Instant::now());
        id
    }

    fn edit(&mut self, post: &str, text: &str) -> bool {
        self.server.edit(post, &format!("<p>{}</p>", escaped(text)));
        true
    }

    fn delete(&mut self, post: &str) -> bool {
        self.server.delete(post);
        true
    }

    fn shown(&self, post: &str) -> Option<Instant> {
        let written = *self.written.get(post)?;
        if self.streams() { Some(written) } else { first_after(&self.server.answered(), written) }
    }

    fn is_watched(&self) -> bool {
        !self.streams() || self.server.streaming() > 0
    }
}

/// Bluesky, by Jetstream.
struct Bluesky {
    server: Jetstream,
    shown: HashMap<String, Instant>,
}

const DID: &str = "did:plc:gazette";

impl Service for Bluesky {
    fn adds(&self) -> Vec<Vec<String>> {
        vec![add("bluesky:all", "bluesky", &["--allow-private", "--base", &self.server.base()])]
    }

    fn publish(&mut self, text: &str) -> String {
        let key = format!("3k{:05}", self.shown.len());
        self.server.post(DID, &key, text);
        self.shown.insert(key.clone(), Instant::now());
        key
    }

    fn edit(&mut self, post: &str, text: &str) -> bool {
        self.server.edit(DID, post, text);
        true
    }

    fn delete(&mut self, post: &str) -> bool {
        self.server.delete(DID, post);
        true
    }

    fn shown(&self, post: &str) -> Option<Instant> {
        self.shown.get(post).copied()
    }

    fn is_watched(&self) -> bool {
        !self.server.queries().is_empty()
    }
}
