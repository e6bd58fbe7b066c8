//! Jetstream on the loopback that sends as fast as it is taken: a day's posts, made as they are asked for.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tungstenite::{Message, WebSocket};

use crate::served::{SLICE, lock};

/// Between two posts of a million in a day, in microseconds.
const STEP: u64 = 86_400;

/// The server: posts 0 to `count`, whoever connects; a cursor goes on from there. It ends when it is dropped.
#[derive(Debug)]
pub struct Firehose {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    stop: AtomicBool,
    sent: AtomicU64,
    count: u64,
    /// The first post's time: later than any cursor that a watcher begins with.
    first: u64,
    noted: Mutex<Vec<(u64, Instant)>>,
}

impl Firehose {
    /// A server that makes its posts so; it notes when it first sent those whose number can be divided by `note`.
    ///
    /// # Panics
    /// When there is no port to be had.
    pub fn new(count: u64, note: u64, post: impl Fn(u64) -> String + Send + Sync + 'static) -> Firehose {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + Duration::from_secs(3600);
        let first = u64::try_from(now.as_micros()).unwrap_or(0);
        let (stop, sent, noted) = (AtomicBool::new(false), AtomicU64::new(0), Mutex::default());
        let shared = Arc::new(Shared { stop, sent, count, first, noted });
        let served = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if served.stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let _ = serve(stream, &served, note, &post);
            }
        });
        Firehose { address, shared, thread: Some(thread) }
    }

    /// `http://127.0.0.1:PORT`, as a source's base.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many posts were sent.
    pub fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::SeqCst)
    }

    /// When the noted posts were first sent.
    pub fn noted(&self) -> Vec<(u64, Instant)> {
        lock(&self.shared.noted).clone()
    }
}

impl Drop for Firehose {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One connection until it ends; `None` when it does.
fn serve(stream: TcpStream, shared: &Shared, note: u64, post: &dyn Fn(u64) -> String) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    stream.set_nodelay(true).ok()?;
    let mut cursor = None;
    #[expect(clippy::result_large_err, reason = "tungstenite's own signature")]
    let accept = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let query = request.uri().query().unwrap_or_default();
        let mut fields = url::form_urlencoded::parse(query.as_bytes());
        cursor = fields.find(|(key, _)| key == "cursor").and_then(|(_, value)| value.parse::<u64>().ok());
        Ok(response)
    };
    let mut socket = tungstenite::accept_hdr(stream, accept).ok()?;
    let start = cursor.map_or(0, |cursor| cursor.saturating_sub(shared.first).div_ceil(STEP));
    for number in start..shared.count {
        let (time, text) = (shared.first + number * STEP, post(number));
        let event = json!({"did": "did:plc:crowd", "time_us": time, "kind": "commit", "commit": {
            "rev": "r", "operation": "create", "collection": "app.bsky.feed.post", "rkey": number.to_string(), "cid": "bafy",
            "record": {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-01-02T03:04:05Z", "langs": ["en"]},
        }});
        if shared.stop.load(Ordering::Relaxed) {
            return None;
        }
        socket.write(Message::text(event.to_string())).ok()?;
        if number.is_multiple_of(note) {
            socket.flush().ok()?;
            let mut noted = lock(&shared.noted);
            if noted.last().is_none_or(|(last, _)| *last < number) {
                noted.push((number, Instant::now()));
            }
        }
        shared.sent.fetch_max(number + 1, Ordering::SeqCst);
    }
    socket.flush().ok()?;
    wait(&mut socket, shared)
}

/// Answers pings.
fn wait(socket: &mut WebSocket<TcpStream>, shared: &Shared) -> Option<()> {
    socket.get_mut().set_read_timeout(Some(SLICE)).ok()?;
    while !shared.stop.load(Ordering::SeqCst) {
        match socket.read() {
            Ok(_) => socket.flush().ok()?,
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(_) => return None,
        }
    }
    None
}
