//! A server on the loopback that answers as a test tells it to, faults included.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A request as it came: its head, and the body that its head announced.
#[derive(Clone, Debug)]
pub struct Request {
    /// Request line and headers.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// What a [`Loopback`] does with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A whole answer: status, content type, body; the length is announced.
    Whole(u16, &'static str, Vec<u8>),
    /// These bytes as they are; then the connection is closed.
    Raw(Vec<u8>),
    /// These bytes; then nothing more, until the other side gives up.
    Hold(Vec<u8>),
}

/// The server: one connection at a time, one request each. It ends when it is dropped.
#[derive(Debug)]
pub struct Loopback {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Loopback {
    /// A server that answers so.
    ///
    /// # Panics
    /// When there is no port to be had.
    pub fn new(mut answer: impl FnMut(&Request) -> Reply + Send + 'static) -> Loopback {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                // A client that never sends its request, or never closes, must not hang the test.
                let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
                if let Some(request) = request(&mut stream) {
                    send(&mut stream, answer(&request));
                }
            }
        });
        Loopback { address, stop, thread: Some(thread) }
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(crate) fn request(stream: &mut TcpStream) -> Option<Request> {
    let mut got = Vec::new();
    let mut bytes = [0; 4096];
    let end = loop {
        if let Some(end) = got.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        match stream.read(&mut bytes) {
            Ok(count) if count > 0 => got.extend_from_slice(&bytes[..count]),
            _ => return None,
        }
    };
    let head = String::from_utf8_lossy(&got[..end]).into_owned();
    let mut request = Request { head, body: got[end + 4..].to_vec() };
    let length: usize = request.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    while request.body.len() < length {
        match stream.read(&mut bytes) {
            Ok(count) if count > 0 => request.body.extend_from_slice(&bytes[..count]),
            _ => return None,
        }
    }
    Some(request)
}

/// Errors are left aside: the client may have gone, which is what some tests are about.
fn send(stream: &mut TcpStream, reply: Reply) {
    match reply {
        Reply::Whole(status, kind, body) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} Status\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(&[head.as_bytes(), &body].concat());
        }
        Reply::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
        }
        Reply::Hold(bytes) => {
            let _ = stream.write_all(&bytes);
            let _ = stream.read(&mut [0]);
        }
    }
}
