//! A server of a few pages, and a client that speaks whatever it is told to.

#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)] // each test file uses a part of it

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Extension;
use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::routing::{get, post};
use countermark_web::{Options, Peer, Policy, Secure, Stay, serve, strict};

/// A running server; it ends with its owner.
pub struct Server {
    pub address: SocketAddr,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            serve(listener, pages(), &options, move || {
                let _ = stopped.recv();
            })
            .unwrap();
        });
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends bytes, and gives everything that comes until the other end closes.
    pub fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // It may have answered and gone before it has read all.
        let _ = stream.write_all(bytes);
        rest(&mut stream)
    }

    /// One request on a connection of its own.
    pub fn get(&self, path: &str, more: &str) -> String {
        self.say(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n").as_bytes())
    }

    /// Tells it to end.
    pub fn stop(&mut self) {
        self.stop.take();
    }

    pub fn join(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.join();
    }
}

/// What still comes.
pub fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn pages() -> Router {
    let router = Router::new()
        .route("/", get(|| async { "page" }))
        .route("/items/{id}", get(|| async { "item" }))
        .route("/echo", post(|body: String| async move { body }))
        .route(
            "/known",
            post(async |Extension(stay): Extension<Stay>, request: Request| {
                stay.stay();
                String::from_request(request, &()).await
            }),
        )
        .route(
            "/fault",
            get(|| async {
                if std::hint::black_box(true) {
                    panic!("a fault of a page")
                }
            }),
        )
        .route("/large", get(|| async { vec![b'x'; 64 << 20] }))
        .route(
            "/slow",
            get(|| async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                "slow"
            }),
        )
        .route(
            "/peer",
            get(async |Extension(Peer(peer)): Extension<Peer>, Extension(Secure(secure)): Extension<Secure>| {
                format!("{} {secure}", peer.ip())
            }),
        );
    strict(router, Policy::Private)
}
