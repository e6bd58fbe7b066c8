//! A desk for tests: an office with its vault in memory and its log in a temporary folder, the world outside, and a browser that keeps cookies
//! and sends the token of its session. Everything in-process: no socket is opened.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part of it

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use countermark_desk::{Desk, Options, Outside, Role, Roles, router};
use countermark_office::{Founding, Office};
use countermark_proof::TableSize;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};
use tower::ServiceExt;

pub mod cases;

pub const PASSPHRASE: &str = "for tests";
/// A Monday in a year to come, milliseconds since 1970.
pub const NOW: u64 = 1_900_000_000_000;

/// A temporary directory, in memory where there is such a place.
pub fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary directory")
}

/// What a test's desk has around it.
pub struct World {
    pub store: MemoryStore,
    pub dir: std::path::PathBuf,
}

impl Outside for World {
    fn open(&self, identity: &str, who: &str) -> Result<Office, String> {
        let vault = Vault::open(Box::new(self.store.clone()), Unlock::Identity(identity), Box::new(rng(7)))
            .map_err(|_| "this identity does not open the vault".to_owned())?;
        let folder = Folder::perhaps(&self.dir.join("log"));
        Office::open(vault, folder, &self.dir.join("looks"), who, Box::new(|| NOW)).map_err(|error| error.to_string())
    }
}

/// A desk that is unlocked, and what it lies on.
pub struct Rig {
    pub desk: Desk,
    pub dir: tempfile::TempDir,
    pub store: MemoryStore,
}

impl Rig {
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let (dir, store) = (scratch(), MemoryStore::new());
        let office = office(&store, dir.path());
        let world = World { store: store.clone(), dir: dir.path().to_owned() };
        let desk = Desk::with(Box::new(world), Box::new(rng(3)), options);
        desk.unlock(office);
        Self { desk, dir, store }
    }

    /// Somebody with these roles, signed in.
    pub fn person(&self, name: &str, roles: &[Role]) -> Browser {
        let admission = self.desk.admit(name, roles.iter().copied().collect::<Roles>());
        let mut browser = self.stranger();
        browser.cookies.insert("countermark".to_owned(), admission.cookie);
        browser.csrf = admission.csrf;
        browser
    }

    /// Somebody with every role.
    pub fn chief(&self) -> Browser {
        self.person("Ines Almada", &[Role::Analyst, Role::Approver, Role::Press, Role::Writer])
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Browser {
        Browser { router: router(self.desk.clone()), cookies: BTreeMap::new(), csrf: String::new() }
    }
}

/// A new office in a vault in memory.
pub fn office(store: &MemoryStore, dir: &std::path::Path) -> Office {
    let vault =
        Vault::create(Box::new(store.clone()), Unlock::Passphrase(PASSPHRASE), Kdf::CHEAP, Box::new(rng(1))).unwrap();
    let folder = Folder::create(&dir.join("log")).unwrap();
    let founding = Founding { origin: Some("test.example/log"), table: TableSize::SMALL };
    Office::create(vault, folder, &dir.join("looks"), founding, "tester", Box::new(|| NOW)).unwrap()
}

/// A browser: it keeps cookies, and follows nothing by itself.
#[derive(Clone)]
pub struct Browser {
    pub router: Router,
    pub cookies: BTreeMap<String, String>,
    /// What its forms carry.
    pub csrf: String,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it redirects to.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The lines that set cookies.
    pub fn set_cookies(&self) -> Vec<String> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|v| v.to_str().unwrap().to_owned()).collect()
    }

    /// The value of the first hidden field of this name.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form with the session's token.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut all = vec![("csrf", self.csrf.clone())];
        all.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
        self.post_plain(path, &serde_urlencoded::to_string(all).unwrap()).await
    }

    /// Sends a form as it stands, without a token.
    pub async fn post_plain(&mut self, path: &str, form: &str) -> Page {
        let request = self.request(Method::POST, path);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Sends a form with files (field, name, content) and the session's token first.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Page {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        let body = multipart(&all, files);
        let request = self.request(Method::POST, path);
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=X-BOUNDARY");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A request with this browser's cookies.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        if !self.cookies.is_empty() {
            let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, line.join("; "));
        }
        request
    }

    pub async fn send(&mut self, request: Request<Body>) -> Page {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes: Bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let page = Page { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() };
        for line in page.set_cookies() {
            let (pair, rest) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(csrf) = page.hidden("csrf") {
            self.csrf = csrf;
        }
        page
    }
}

/// A body of `multipart/form-data; boundary=X-BOUNDARY`.
pub fn multipart(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--X-BOUNDARY\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    for (field, name, content) in files {
        let head = format!(
            "--X-BOUNDARY\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--X-BOUNDARY--\r\n");
    body
}
