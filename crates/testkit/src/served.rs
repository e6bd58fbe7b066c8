//! A server on the loopback for services that are asked often and at once, and that get into trouble when a test wants it.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::loopback::{Request, request};

/// How often a waiting connection looks whether the server ends.
pub(crate) const SLICE: Duration = Duration::from_millis(20);

/// What becomes of the next answer instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This status, with these header fields, and an empty object.
    Status(u16, Vec<(String, String)>),
    /// The connection is cut before anything is answered.
    Cut,
    /// Half of the answer, then the connection is cut.
    Half,
    /// Status 200, and no JSON.
    Garbage,
    /// Status 200, and arrays within arrays a million deep.
    Deep,
    /// Status 200, and so many bytes, without a word on how many.
    Huge(usize),
    /// Nothing at all, and the connection stays open.
    Silent,
}

/// An answer before anything happens to it.
pub(crate) enum Answer {
    /// Status, header fields, body.
    Whole(u16, Vec<(String, String)>, Vec<u8>),
    /// An answer that does not end before the sender is gone.
    Stream(Receiver<Vec<u8>>),
}

/// The server: a thread a connection, one request each. It ends when it is dropped.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    requests: Mutex<Vec<Request>>,
    answered: Mutex<Vec<Instant>>,
    troubles: Mutex<VecDeque<Trouble>>,
}

impl Served {
    pub(crate) fn new(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Served {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared::default());
        let served = Arc::clone(&shared);
        let answer = Arc::new(answer);
        let thread = std::thread::spawn(move || {
            let mut threads = Vec::new();
            for stream in listener.incoming() {
                if served.stop.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let (served, answer) = (Arc::clone(&served), Arc::clone(&answer));
                threads.push(std::thread::spawn(move || serve(stream, &served, &*answer)));
            }
            for thread in threads {
                let _ = thread.join();
            }
        });
        Served { address, shared, thread: Some(thread) }
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What befalls the next answers, one each.
    pub fn trouble(&self, troubles: impl IntoIterator<Item = Trouble>) {
        lock(&self.shared.troubles).extend(troubles);
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// When each whole answer began to be sent.
    pub fn answered(&self) -> Vec<Instant> {
        lock(&self.shared.answered).clone()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Request {
    /// What is asked for: the path, and the fields of query and form.
    pub(crate) fn asked(&self) -> (String, Vec<(String, String)>) {
        let target = self.head.split(' ').nth(1).unwrap_or("/");
        let url = url::Url::parse(&format!("http://localhost{target}"));
        let Ok(url) = url else { return (target.to_owned(), Vec::new()) };
        let fields = url.query_pairs().chain(url::form_urlencoded::parse(&self.body));
        let fields = fields.map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
        (url.path().to_owned(), fields)
    }
}

/// A panic in a test leaves nothing here half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Errors are left aside: the client may have gone, which is what some tests are about.
fn serve(mut stream: TcpStream, shared: &Shared, answer: &dyn Fn(&Request) -> Answer) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let Some(request) = request(&mut stream) else { return };
    let trouble = lock(&shared.troubles).pop_front();
    lock(&shared.requests).push(request.clone());
    let whole = |status: u16, headers: &[(String, String)], body: &[u8]| {
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!(
            "HTTP/1.1 {status} Status\r\nContent-Type: application/json; charset=utf-8\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    let bytes = match trouble {
        Some(Trouble::Cut) => return,
        Some(Trouble::Silent) => return hold(&mut stream, shared),
        Some(Trouble::Huge(bytes)) => return flood(&mut stream, shared, bytes),
        Some(Trouble::Status(status, headers)) => whole(status, &headers, b"{}"),
        Some(Trouble::Garbage) => whole(200, &[], b"<!doctype html><title>502</title>\xff\xfe"),
        Some(Trouble::Deep) => whole(200, &[], &b"[".repeat(1_000_000)),
        None | Some(Trouble::Half) => match answer(&request) {
            Answer::Stream(receiver) => return relay(&mut stream, shared, &receiver),
            Answer::Whole(status, headers, body) => {
                let mut bytes = whole(status, &headers, &body);
                if trouble.is_some() {
                    bytes.truncate(bytes.len() - body.len() / 2 - 1);
                }
                bytes
            }
        },
    };
    lock(&shared.answered).push(Instant::now());
    let _ = stream.write_all(&bytes);
}

fn hold(stream: &mut TcpStream, shared: &Shared) {
    let _ = stream.set_read_timeout(Some(SLICE));
    while !shared.stop.load(Ordering::SeqCst) {
        match stream.read(&mut [0]) {
            Ok(0) => return,
            _ => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

fn flood(stream: &mut TcpStream, shared: &Shared, bytes: usize) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[");
    let piece = b"\"x\",".repeat(16_384);
    let _ = stream.set_write_timeout(Some(Duration::from_secs(5)));
    for _ in 0..bytes.div_ceil(piece.len()) {
        if shared.stop.load(Ordering::SeqCst) || stream.write_all(&piece).is_err() {
            return;
        }
    }
}

fn relay(stream: &mut TcpStream, shared: &Shared, receiver: &Receiver<Vec<u8>>) {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n";
    let _ = stream.write_all(head.as_bytes());
    while !shared.stop.load(Ordering::SeqCst) {
        let bytes = match receiver.recv_timeout(SLICE) {
            Ok(bytes) => bytes,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let chunk = [format!("{:x}\r\n", bytes.len()).as_bytes(), &bytes, b"\r\n"].concat();
        if stream.write_all(&chunk).is_err() {
            return;
        }
    }
}
