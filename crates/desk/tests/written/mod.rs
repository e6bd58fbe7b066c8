//! A desk for the tests of Write and Hand over: an office in memory, a writer who is signed in, and what he can send.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part of it

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use countermark_desk::{Desk, Outside, Role, Roles, router};
use countermark_office::{Founding, Office};
use countermark_proof::TableSize;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};
use tower::ServiceExt;

pub const PASSPHRASE: &str = "for tests";
/// A Monday in a year to come.
pub const NOW: u64 = 1_900_000_000_000;

pub const LETTER: &str = "Dear {=salutation},\n\nThank you for your letter with regard to the harbour. I am writing to you ahead of our meeting in Lisk.\n\n\
    We are prepared to begin the talks prior to the conference, and a number of our experts will assist you. \
    However, we do not think that the question of the crossings should be put off.\n\nYours sincerely,\nIda Maren";

struct Nothing;

impl Outside for Nothing {
    fn open(&self, _: &str, _: &str) -> Result<Office, String> {
        Err("not here".to_owned())
    }
}

pub struct Rig {
    pub desk: Desk,
    pub store: MemoryStore,
    pub dir: tempfile::TempDir,
    pub clock: Arc<AtomicU64>,
}

impl Rig {
    pub fn new() -> Self {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let store = MemoryStore::new();
        let vault =
            Vault::create(Box::new(store.clone()), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(1)))
                .unwrap();
        let clock = Arc::new(AtomicU64::new(NOW));
        let reads = clock.clone();
        let disk = Folder::create(&dir.path().join("log")).unwrap();
        let founding = Founding { origin: Some("test.example/log"), table: TableSize::SMALL };
        let now = Box::new(move || reads.load(Ordering::Relaxed));
        let mut office = Office::create(vault, disk, &dir.path().join("looks"), founding, "tester", now).unwrap();
        for (handle, name, salutation) in
            [("bram", "Bram Osk", Some("Bram")), ("ines", "Ines Almada", Some("Ines")), ("jon", "Jon Petran", None)]
        {
            let fields = salutation.map(|value| ("salutation".to_owned(), value.to_owned()));
            office.add_person(handle, name, &fields.into_iter().collect::<BTreeMap<_, _>>()).unwrap();
        }
        let desk = Desk::new(Box::new(Nothing), Box::new(rng(3)));
        desk.unlock(office);
        Self { desk, store, dir, clock }
    }

    /// The office, opened beside the desk.
    pub fn office(&self) -> Office {
        let vault =
            Vault::open(Box::new(self.store.clone()), Unlock::Passphrase(PASSPHRASE), Box::new(rng(9))).unwrap();
        let disk = Folder::perhaps(&self.dir.path().join("log"));
        let reads = self.clock.clone();
        let now = Box::new(move || reads.load(Ordering::Relaxed));
        Office::open(vault, disk, &self.dir.path().join("looks"), "tester", now).unwrap()
    }

    pub fn person(&self, roles: &[Role]) -> Person {
        let admission = self.desk.admit("Ida Maren", roles.iter().copied().collect::<Roles>());
        Person { router: router(self.desk.clone()), cookie: admission.cookie, csrf: admission.csrf, part: None }
    }

    pub fn writer(&self) -> Person {
        self.person(&[Role::Writer])
    }
}

#[derive(Clone)]
pub struct Person {
    pub router: Router,
    pub cookie: String,
    pub csrf: String,
    /// The part that a script asks for.
    pub part: Option<&'static str>,
}

pub struct Page {
    pub status: StatusCode,
    pub location: String,
    pub text: String,
}

impl Page {
    /// The value of the first field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }

    /// The value of the first button that begins so.
    pub fn button(&self, begins: &str) -> Option<&str> {
        let (_, rest) = self.text.split_once(&format!("name=\"do\" value=\"{begins}"))?;
        let (end, _) = rest.split_once('"')?;
        let from = self.text.len() - rest.len() - begins.len();
        Some(&self.text[from..from + begins.len() + end.len()])
    }

    pub fn holds(&self, what: &str) -> bool {
        self.text.contains(what)
    }
}

impl Person {
    pub async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = [("csrf", self.csrf.as_str())];
        let body: Vec<String> = token
            .iter()
            .chain(fields)
            .map(|(name, value)| format!("{}={}", encode(name.as_bytes()), encode(value.as_bytes())))
            .collect();
        self.raw(path, body.join("&")).await
    }

    pub async fn raw(&self, path: &str, body: String) -> Page {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Page {
        let mut request = request.header("cookie", format!("countermark={}", self.cookie));
        if let Some(part) = self.part {
            request = request.header("x-part", part);
        }
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let location = answer.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        Page { status, location, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// Begins a draft with this text, and gives its address.
    pub async fn draft(&self, title: &str, text: &str) -> String {
        let page = self.post("/write", &[("title", title), ("text", text)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        page.location
    }

    /// Presses a button of the editor, at the revision that the draft has.
    pub async fn decide(&self, here: &str, button: &str, more: &[(&str, &str)]) -> Page {
        let page = self.get(here).await;
        let revision = page.field("revision").unwrap().to_owned();
        let mut fields = vec![("revision", revision.as_str()), ("do", button)];
        fields.extend_from_slice(more);
        self.post(&format!("{here}/decide"), &fields).await
    }

    /// Accepts everything that is proposed, chooses recipients and seals; the address of the message.
    pub async fn sealed(&self, here: &str, to: &[&str]) -> String {
        for class in ["lexical", "formula", "contraction", "spelling", "punctuation", "order", "typography", "number"] {
            self.decide(here, &format!("class.{class}"), &[]).await;
        }
        let revision = self.get(here).await.field("revision").unwrap().to_owned();
        let mut fields = vec![("revision", revision.as_str()), ("marked", "on"), ("epsilon", "1e-2")];
        fields.extend(to.iter().map(|to| ("to", *to)));
        let kept = self.post(&format!("{here}/settings"), &fields).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        let revision = self.get(here).await.field("revision").unwrap().to_owned();
        let sealed = self.post(&format!("{here}/seal"), &[("revision", &revision)]).await;
        assert_eq!(sealed.status, StatusCode::SEE_OTHER, "{}", sealed.text);
        sealed.location
    }
}

pub fn encode(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    bytes.iter().map(|&b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
