//! The witness over HTTP, asked by our own client and by bytes written by hand.
#![allow(missing_docs, clippy::unwrap_used)]

mod world;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use countermark_clocks::{Answer, Client, Error, Limits};
use countermark_tlog::WitnessError;
use countermark_tlog::checkpoint::Checkpoint;
use countermark_tlog::directory::Folder;
use countermark_tlog::note::Signer;
use countermark_tlog::witness::{AddCheckpoint, MAX_REQUEST};
use countermark_witness::{Event, Witness, serve};
use world::{add, cosigner, keys, log, request};

struct Served {
    address: SocketAddr,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    events: Receiver<String>,
}

impl Served {
    fn new(dir: &tempfile::TempDir) -> Served {
        let witness = Witness::open(Folder::open(dir.path()).unwrap(), cosigner(), keys()).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = channel::<()>();
        let (report, events) = channel();
        let report = Mutex::new(report);
        let report = move |event: &Event| report.lock().unwrap().send(format!("{event:?}")).unwrap_or_default();
        let thread = std::thread::spawn(move || {
            serve(listener, witness, || 1_700_000_000, report, move || stopped.recv().unwrap_or_default()).unwrap();
        });
        Served { address, stop: Some(stop), thread: Some(thread), events }
    }

    fn ask(&self, request: &AddCheckpoint) -> Result<Answer, Error> {
        ask(self.address, request)
    }

    /// Sends these bytes and returns all that comes.
    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // The server may answer and close before it has read all of it.
        let _ = stream.write_all(bytes);
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        String::from_utf8_lossy(&all).into_owned()
    }

    fn post(&self, path: &str, body: &[u8]) -> String {
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
        self.raw(&[head.as_bytes(), body].concat())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        self.thread.take().unwrap().join().unwrap();
    }
}

fn ask(address: SocketAddr, request: &AddCheckpoint) -> Result<Answer, Error> {
    let client = Client::new(Limits::default()).unwrap();
    client.add_checkpoint(&format!("http://{address}"), std::slice::from_ref(cosigner().verifier()), request)
}

fn status(found: &Result<Answer, Error>) -> u16 {
    match found {
        Err(Error::Status { status, .. }) => *status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_client_and_the_witness_agree() {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::new(&dir);
    let ask = |old, size| served.ask(&add(&log(), old, size, b""));
    let Answer::Cosigned(lines) = ask(0, 3).unwrap() else { panic!() };
    assert_eq!(lines[0].time, Some(1_700_000_000));
    assert!(served.events.recv().unwrap().starts_with("Cosigned { origin: \"log.example/1\", size: 3 }"));
    assert_eq!(ask(0, 7).unwrap(), Answer::Conflict { size: 3 });
    assert!(matches!(ask(3, 7), Ok(Answer::Cosigned(_))));
    assert!(matches!(ask(7, 7), Ok(Answer::Cosigned(_))));
    assert_eq!(ask(3, 9).unwrap(), Answer::Conflict { size: 7 });

    // A fork: another root of the size cosigned, and a tree that does not contain it.
    let fork = served.ask(&add(&log(), 7, 7, b"fork"));
    assert!(matches!(fork, Err(Error::Witness { source: WitnessError::Fork { size: 7 }, .. })), "{fork:?}");
    assert_eq!(status(&served.ask(&add(&log(), 7, 9, b"fork"))), 422);

    let stranger = Signer::new("log.example/1".parse().unwrap(), &[9; 32]);
    assert_eq!(status(&served.ask(&add(&stranger, 7, 9, b""))), 403);
    let other = Signer::new("log.example/2".parse().unwrap(), &[1; 32]);
    let head = Checkpoint { origin: "log.example/2".into(), size: 1, root: [1; 32], extensions: vec![] };
    let unknown = AddCheckpoint { old: 0, proof: vec![], checkpoint: head.sign(&other).unwrap() };
    assert_eq!(status(&served.ask(&unknown)), 404);
    let beyond = AddCheckpoint { old: 9, proof: vec![], ..add(&log(), 7, 7, b"") };
    assert_eq!(status(&served.ask(&beyond)), 400);

    // Another process on the same directory goes on where this one was.
    drop(served);
    let served = Served::new(&dir);
    assert_eq!(served.ask(&add(&log(), 0, 9, b"")).unwrap(), Answer::Conflict { size: 7 });
    assert!(matches!(served.ask(&add(&log(), 7, 9, b"")), Ok(Answer::Cosigned(_))));
}

#[test]
fn what_stands_on_the_wire() {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::new(&dir);
    let cosigned = served.post("/add-checkpoint", &request(0, 3)).to_lowercase();
    assert!(cosigned.starts_with("http/1.1 200 ok\r\n"), "{cosigned}");
    let (_, body) = cosigned.split_once("\r\n\r\n").unwrap();
    assert!(body.starts_with("\u{2014} witness.example/w1 ") && body.ends_with('\n') && body.lines().count() == 1);
    let conflict = served.post("/add-checkpoint", &request(0, 7)).to_lowercase();
    assert!(conflict.starts_with("http/1.1 409 conflict\r\n"), "{conflict}");
    assert!(conflict.contains("content-type: text/x.tlog.size\r\n") && conflict.ends_with("\r\n\r\n3\n"), "{conflict}");

    assert!(served.post("/add-checkpoint", b"old 1\n").starts_with("HTTP/1.1 400 "));
    assert!(served.post("/add-checkpoint", b"").starts_with("HTTP/1.1 400 "));
    assert!(served.post("/elsewhere", &request(0, 3)).starts_with("HTTP/1.1 404 "));
    assert!(
        served
            .raw(b"GET /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 405 ")
    );
    assert!(served.raw(b"\x16\x03\x01 no HTTP\r\n\r\n").starts_with("HTTP/1.1 400 "));
    assert!(served.post("/add-checkpoint", &vec![b'x'; MAX_REQUEST + 1]).starts_with("HTTP/1.1 413 "));

    // One connection carries several requests, and a witness that is told to end closes one that idles.
    let mut stream = TcpStream::connect(served.address).unwrap();
    for _ in 0..2 {
        let body = request(3, 3);
        write!(stream, "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {}\r\n\r\n", body.len()).unwrap();
        stream.write_all(&body).unwrap();
        let mut answer = vec![0; 4096];
        let count = stream.read(&mut answer).unwrap();
        assert!(answer[..count].starts_with(b"HTTP/1.1 200 OK"));
    }
}

/// Many at once, from the same old size: one of the honest log's is cosigned, and no other.
#[test]
fn requests_at_once_are_decided_one_by_one() {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::new(&dir);
    let address = served.address;
    served.ask(&add(&log(), 0, 1, b"")).unwrap();
    let ask = move |size: u64| {
        let mark: &[u8] = if size.is_multiple_of(2) { b"" } else { b"fork" };
        matches!(ask(address, &add(&log(), 1, size, mark)), Ok(Answer::Cosigned(_)))
    };
    let threads: Vec<_> = (2..14_u64).map(|size| std::thread::spawn(move || ask(size))).collect();
    let cosigned = threads.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count();
    assert_eq!(cosigned, 1);
}
