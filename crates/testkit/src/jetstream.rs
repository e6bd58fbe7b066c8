//! Jetstream on the loopback: a websocket that replays from a cursor and then goes on live.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::{Message, WebSocket};

use crate::served::{SLICE, lock};

/// What befalls the next connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It is refused with this status, and told to wait so many seconds.
    Refused(u16, u64),
    /// It is taken, and then nothing comes, not even an answer to a ping.
    Silent,
}

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub struct Jetstream {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Events in the order in which they are sent, each with its time.
    events: Vec<(u64, String, String)>,
    last_us: u64,
    skew_us: i64,
    queries: Vec<Vec<(String, String)>>,
    mishaps: Vec<Mishap>,
    /// Connections older than this generation are cut.
    generation: u64,
    pongs: u64,
}

impl Default for Jetstream {
    fn default() -> Jetstream {
        Jetstream::new()
    }
}

impl Jetstream {
    /// The server.
    ///
    /// # Panics
    /// When there is no port to be had.
    pub fn new() -> Jetstream {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared::default());
        let served = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let mut threads = Vec::new();
            for stream in listener.incoming() {
                if served.stop.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let served = Arc::clone(&served);
                threads.push(std::thread::spawn(move || serve(stream, &served)));
            }
            for thread in threads {
                let _ = thread.join();
            }
        });
        Jetstream { address, shared, thread: Some(thread) }
    }

    /// `ws://127.0.0.1:PORT/subscribe`.
    pub fn url(&self) -> String {
        format!("ws://{}/subscribe", self.address)
    }

    /// `http://127.0.0.1:PORT`, as a source's base.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A new post; its time.
    pub fn post(&self, did: &str, rkey: &str, text: &str) -> u64 {
        self.commit(
            did,
            rkey,
            "create",
            Some(json!({"$type": POSTS, "text": text, "createdAt": "2026-01-02T03:04:05Z", "langs": ["en"]})),
        )
    }

    /// An edited post; its time.
    pub fn edit(&self, did: &str, rkey: &str, text: &str) -> u64 {
        self.commit(
            did,
            rkey,
            "update",
            Some(json!({"$type": POSTS, "text": text, "createdAt": "2026-01-02T03:04:05Z"})),
        )
    }

    /// A deleted post; its time.
    pub fn delete(&self, did: &str, rkey: &str) -> u64 {
        self.commit(did, rkey, "delete", None)
    }

    /// The news that an account goes by this name; its time.
    pub fn name(&self, did: &str, handle: &str) -> u64 {
        self.event(did, |time_us| json!({"did": did, "time_us": time_us, "kind": "identity", "identity": {"did": did, "handle": handle}}))
    }

    /// A message of somebody's making, of this account, sent as it is and replayed like any other.
    pub fn say(&self, did: &str, text: &str) {
        let mut state = lock(&self.shared.state);
        let time_us = state.tick();
        state.events.push((time_us, did.to_owned(), text.to_owned()));
    }

    /// The last event once more.
    pub fn repeat(&self) {
        let mut state = lock(&self.shared.state);
        let last = state.events.last().cloned();
        state.events.extend(last);
    }

    /// Forgets the events so far, as a server does with what is too old or breaks limits.
    pub fn forget(&self) {
        let mut state = lock(&self.shared.state);
        let live = state.generation + 1;
        state.events.clear();
        state.generation = live;
    }

    /// The clock is so many seconds ahead, or behind.
    pub fn skew(&self, seconds: i64) {
        lock(&self.shared.state).skew_us = seconds * 1_000_000;
    }

    /// Cuts all connections.
    pub fn cut(&self) {
        lock(&self.shared.state).generation += 1;
    }

    /// What befalls the next connections, one each.
    pub fn mishaps(&self, mishaps: impl IntoIterator<Item = Mishap>) {
        lock(&self.shared.state).mishaps.extend(mishaps);
    }

    /// The fields of the connections' queries so far; a message with options counts as fields of its own.
    pub fn queries(&self) -> Vec<Vec<(String, String)>> {
        lock(&self.shared.state).queries.clone()
    }

    /// How many pings were answered.
    pub fn pongs(&self) -> u64 {
        lock(&self.shared.state).pongs
    }

    fn commit(&self, did: &str, rkey: &str, operation: &str, record: Option<Value>) -> u64 {
        self.event(did, |time_us| {
            let mut commit = json!({"rev": format!("r{time_us}"), "operation": operation, "collection": POSTS, "rkey": rkey, "cid": "bafy"});
            if let Some(record) = record {
                commit["record"] = record;
            }
            json!({"did": did, "time_us": time_us, "kind": "commit", "commit": commit})
        })
    }

    fn event(&self, did: &str, make: impl FnOnce(u64) -> Value) -> u64 {
        let mut state = lock(&self.shared.state);
        let time_us = state.tick();
        let event = make(time_us).to_string();
        state.events.push((time_us, did.to_owned(), event));
        time_us
    }
}

const POSTS: &str = "app.bsky.feed.post";

impl State {
    /// The time of the next event: later than all before.
    fn tick(&mut self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let now = u64::try_from(now).unwrap_or(0).saturating_add_signed(self.skew_us);
        self.last_us = now.max(self.last_us + 1);
        self.last_us
    }
}

impl Drop for Jetstream {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(stream: TcpStream, shared: &Shared) {
    let mishap = {
        let mut state = lock(&shared.state);
        if state.mishaps.is_empty() { None } else { Some(state.mishaps.remove(0)) }
    };
    let mut query = Vec::new();
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    #[expect(clippy::result_large_err, reason = "tungstenite's own signature")]
    let accept = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let pairs = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        query = pairs.map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
        match mishap {
            Some(Mishap::Refused(status, wait)) => {
                let refusal = Response::builder().status(status).header("Retry-After", wait).body(None);
                Err(refusal.expect("a status and a number make a response"))
            }
            _ => Ok(response),
        }
    };
    let accepted = tungstenite::accept_hdr(stream, accept).ok();
    lock(&shared.state).queries.push(query.clone());
    let Some(mut socket) = accepted else { return };
    let _ = socket.get_mut().set_read_timeout(Some(SLICE));
    if mishap == Some(Mishap::Silent) {
        while !shared.stop.load(Ordering::SeqCst) {
            std::thread::sleep(SLICE);
        }
        return;
    }
    if query.iter().any(|(key, value)| key == "requireHello" && value == "true") {
        let Some(options) = hello(&mut socket, shared) else { return };
        lock(&shared.state).queries.push(options.clone());
        query.extend(options);
    }
    replay(&mut socket, shared, &query);
}

/// Waits for the message that says what is wanted.
fn hello(socket: &mut WebSocket<TcpStream>, shared: &Shared) -> Option<Vec<(String, String)>> {
    while !shared.stop.load(Ordering::SeqCst) {
        match socket.read() {
            Ok(Message::Text(text)) => {
                let options: Value = serde_json::from_str(&text).ok()?;
                let wanted = options["payload"]["wantedDids"].as_array()?.iter();
                return Some(
                    wanted.filter_map(|did| Some(("wantedDids".to_owned(), did.as_str()?.to_owned()))).collect(),
                );
            }
            Err(tungstenite::Error::Io(error)) if is_time(&error) => {}
            _ => return None,
        }
    }
    None
}

/// Sends what is wanted, from the cursor on, until the connection ends.
fn replay(socket: &mut WebSocket<TcpStream>, shared: &Shared, query: &[(String, String)]) {
    let wanted: Vec<&str> = query.iter().filter(|(key, _)| key == "wantedDids").map(|(_, did)| did.as_str()).collect();
    let cursor = query.iter().find(|(key, _)| key == "cursor").and_then(|(_, value)| value.parse::<u64>().ok());
    let (mut next, generation) = {
        let mut state = lock(&shared.state);
        let now = state.tick();
        // A cursor of the future is none.
        let first = cursor
            .filter(|cursor| *cursor <= now)
            .and_then(|from| state.events.iter().position(|(time, ..)| *time >= from));
        (first.unwrap_or(state.events.len()), state.generation)
    };
    loop {
        let (batch, cut) = {
            let state = lock(&shared.state);
            let batch: Vec<(String, String)> =
                state.events.iter().skip(next).map(|(_, did, event)| (did.clone(), event.clone())).collect();
            (batch, state.generation != generation)
        };
        if cut || shared.stop.load(Ordering::SeqCst) {
            return;
        }
        next += batch.len();
        for (did, event) in batch {
            if (wanted.is_empty() || wanted.contains(&did.as_str())) && socket.send(Message::text(event)).is_err() {
                return;
            }
        }
        match socket.read() {
            Ok(Message::Ping(_)) => {
                let _ = socket.flush();
                lock(&shared.state).pongs += 1;
            }
            Ok(_) => {}
            Err(tungstenite::Error::Io(error)) if is_time(&error) => {}
            Err(_) => return,
        }
    }
}

fn is_time(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}
