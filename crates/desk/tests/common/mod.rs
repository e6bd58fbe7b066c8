//! A desk for tests: an office with its vault in memory and its log in a temporary folder, the world outside, and a browser that keeps cookies
//! and sends the token of its session. Everything in-process: no socket is opened.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part of it

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use countermark_desk::{Desk, NewOffice, Options, Outside, Role, Roles, SourceState, router};
use countermark_office::{Founding, Office};
use countermark_proof::TableSize;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Kdf, MemoryStore, Unlock, Vault};
use tower::ServiceExt;

pub mod answers;
pub mod cases;
pub mod founded;

pub const PASSPHRASE: &str = "for tests";
/// A Monday in a year to come, milliseconds since 1970.
pub const NOW: u64 = 1_900_000_000_000;

/// A temporary directory, in memory where there is such a place.
pub fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary directory")
}

/// An outside clock that takes its time: whether somebody else could use the office while it was asked, each time that it was.
#[derive(Clone, Default)]
pub struct SlowClock(Arc<Mutex<Vec<bool>>>);

impl SlowClock {
    pub fn ask(&self, desk: &Desk) -> Vec<String> {
        let (tell, told) = std::sync::mpsc::channel();
        let desk = desk.clone();
        std::thread::spawn(move || tell.send(desk.tend(|_| ()).is_some()));
        self.0.lock().unwrap().push(told.recv_timeout(Duration::from_secs(10)) == Ok(true));
        vec!["the clock on the tower stands".to_owned()]
    }

    /// What was noted since the last look.
    pub fn noted(&self) -> Vec<bool> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// What a test's desk has around it. Clones are the same world.
#[derive(Clone)]
pub struct World {
    pub store: MemoryStore,
    pub dir: std::path::PathBuf,
    /// The desk's file.
    pub file: Arc<Mutex<Option<Vec<u8>>>>,
    /// Whether there is a vault.
    pub vault: Arc<AtomicBool>,
    /// Says that the disk is full.
    pub full: Arc<AtomicBool>,
    pub sources: Arc<Mutex<Vec<SourceState>>>,
    pub names: Arc<Mutex<Vec<String>>>,
    pub clock: SlowClock,
}

/// What the desk's test world prints when it starts.
pub const SET_UP: &str = "QK7F2-88MZD";

impl World {
    fn new(dir: &std::path::Path) -> Self {
        Self {
            store: MemoryStore::new(),
            dir: dir.to_owned(),
            file: Arc::default(),
            vault: Arc::default(),
            full: Arc::default(),
            sources: Arc::default(),
            names: Arc::default(),
            clock: SlowClock::default(),
        }
    }

    fn unlock(&self, by: Unlock<'_>, who: &str) -> Result<Office, String> {
        let vault = Vault::open(Box::new(self.store.clone()), by, Box::new(rng(random())))
            .map_err(|_| "the passphrase is wrong".to_owned())?;
        let folder = Folder::perhaps(&self.dir.join("log"));
        Office::open(vault, folder, &self.dir.join("looks"), who, Box::new(|| NOW)).map_err(|error| error.to_string())
    }
}

impl Outside for World {
    fn open(&self, identity: &str, who: &str) -> Result<Office, String> {
        self.unlock(Unlock::Identity(identity), who)
    }

    fn desk_file(&self) -> Result<Option<Vec<u8>>, String> {
        Ok(self.file.lock().unwrap().clone())
    }

    fn keep_desk_file(&self, content: &[u8]) -> Result<(), String> {
        if self.full.load(Ordering::SeqCst) {
            return Err("the disk is full".to_owned());
        }
        *self.file.lock().unwrap() = Some(content.to_vec());
        Ok(())
    }

    fn set_up_code(&self) -> Option<String> {
        Some(SET_UP.to_owned())
    }

    fn has_vault(&self) -> bool {
        self.vault.load(Ordering::SeqCst)
    }

    fn found(&self, new: &NewOffice<'_>) -> Result<Office, String> {
        if self.has_vault() {
            return self.unlock(Unlock::Passphrase(new.passphrase), new.who);
        }
        let office = office(&self.store, &self.dir, new.passphrase);
        self.vault.store(true, Ordering::SeqCst);
        Ok(office)
    }

    fn ask_clocks(&self, desk: &Desk) -> Vec<String> {
        self.clock.ask(desk)
    }

    fn sources(&self) -> Result<Vec<SourceState>, String> {
        Ok(self.sources.lock().unwrap().clone())
    }

    fn add_source(&self, spec: &str, every: Option<&str>, secret: Option<&str>) -> Result<String, String> {
        if !spec.contains(':') {
            return Err(format!("`{spec}` names no source"));
        }
        let name = format!("source-{}{}", self.sources.lock().unwrap().len() + 1, secret.map_or("", |_| "-secret"));
        let every = every.map(str::to_owned);
        let source = SourceState { name: name.clone(), spec: spec.to_owned(), every, ..SourceState::default() };
        self.sources.lock().unwrap().push(source);
        Ok(name)
    }

    fn remove_source(&self, name: &str) -> Result<(), String> {
        self.sources.lock().unwrap().retain(|source| source.name != name);
        Ok(())
    }

    fn ask_source(&self, name: &str) -> Result<String, String> {
        Ok(format!("{name} answered with 3 posts"))
    }

    fn watched_names(&self) -> Result<Vec<String>, String> {
        Ok(self.names.lock().unwrap().clone())
    }

    fn set_watched_names(&self, names: &[String]) -> Result<(), String> {
        *self.names.lock().unwrap() = names.to_vec();
        Ok(())
    }

    fn pressroom(&self) -> Option<&str> {
        Some("http://127.0.0.2:8471/")
    }

    fn configuration(&self) -> Vec<(String, String)> {
        vec![("max_recipients".to_owned(), "50".to_owned())]
    }
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes)
}

/// A desk that is unlocked, and what it lies on.
pub struct Rig {
    pub desk: Desk,
    pub dir: tempfile::TempDir,
    pub world: World,
    /// The time by which sessions and waits end.
    pub instant: Arc<Mutex<Instant>>,
    /// The time of day, milliseconds since 1970.
    pub unix_ms: Arc<Mutex<u64>>,
}

impl Rig {
    /// With an office open, and nobody who could sign in: [`person`](Self::person) admits people.
    pub fn new() -> Self {
        let rig = Self::locked(Duration::ZERO);
        let office = office(&rig.world.store, rig.dir.path(), PASSPHRASE);
        rig.world.vault.store(true, Ordering::SeqCst);
        rig.desk.unlock(office);
        rig
    }

    /// Before anybody was there: no vault, no file of persons. A refused sign-in takes at least so long.
    pub fn locked(least_wait: Duration) -> Self {
        let dir = scratch();
        let world = World::new(dir.path());
        let (instant, unix_ms) = (Arc::new(Mutex::new(Instant::now())), Arc::new(Mutex::new(NOW)));
        let options = options(&instant, &unix_ms, least_wait);
        let desk = Desk::with(Box::new(world.clone()), Box::new(rng(3)), options);
        Self { desk, dir, world, instant, unix_ms }
    }

    /// The same world after the process died and was started again.
    pub fn restart(&mut self) {
        let options = options(&self.instant, &self.unix_ms, Duration::ZERO);
        self.desk = Desk::with(Box::new(self.world.clone()), Box::new(rng(random())), options);
    }

    /// Lets time pass, for everything that looks at a clock.
    pub fn pass(&self, time: Duration) {
        *self.instant.lock().unwrap() += time;
        *self.unix_ms.lock().unwrap() += u64::try_from(time.as_millis()).unwrap();
    }

    /// Somebody with these roles, signed in without the door.
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
        Browser { router: router(self.desk.clone()), cookies: BTreeMap::new(), csrf: String::new(), secure: false }
    }

    /// Somebody of the office as pages see him.
    pub fn signed(&self, name: &str) -> countermark_desk::Signed {
        self.desk.who(&self.desk.admit(name, Roles::new()).cookie).unwrap()
    }

    /// The code of a secret as it is typed, at this rig's time.
    pub fn code(&self, secret: &str) -> String {
        let secret = totp_rs::Secret::Encoded(secret.replace(' ', "")).to_bytes().unwrap();
        let codes = totp_rs::TOTP::new_unchecked(totp_rs::Algorithm::SHA1, 6, 1, 30, secret, None, String::new());
        codes.generate(*self.unix_ms.lock().unwrap() / 1000)
    }
}

fn options(instant: &Arc<Mutex<Instant>>, unix_ms: &Arc<Mutex<u64>>, least_wait: Duration) -> Options {
    let (instant, unix_ms) = (Arc::clone(instant), Arc::clone(unix_ms));
    Options {
        instant: Arc::new(move || *instant.lock().unwrap()),
        unix_ms: Arc::new(move || *unix_ms.lock().unwrap()),
        least_wait,
        kdf: Kdf::CHEAP,
        ..Options::default()
    }
}

/// A new office in a vault in memory.
pub fn office(store: &MemoryStore, dir: &std::path::Path, passphrase: &str) -> Office {
    let vault =
        Vault::create(Box::new(store.clone()), Unlock::Passphrase(passphrase), Kdf::CHEAP, Box::new(rng(1))).unwrap();
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
    /// Whether it comes over TLS.
    pub secure: bool,
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

    /// What stands in the first element of a class.
    pub fn inside(&self, class: &str) -> Option<&str> {
        let (_, rest) = self.text.split_once(&format!("class=\"{class}\">"))?;
        rest.split_once("</").map(|(text, _)| text)
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
        let mut request = Request::builder().method(method).uri(path).extension(countermark_web::Secure(self.secure));
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
