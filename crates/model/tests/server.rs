//! The call against a server on the loopback: good, garbage, 500, slow, huge, gone, elsewhere.
#![allow(missing_docs, clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use countermark_model::{Error, MOST_BYTES, Model};

const SENTENCE: &str = "The ships lie idle.";

/// A server that answers one request with these bytes, then holds the connection until it is dropped or closed by the client.
struct Server {
    endpoint: String,
    asked: Receiver<Vec<u8>>,
    thread: JoinHandle<()>,
}

/// The whole request: head, and as many bytes as it announces.
fn request(stream: &mut impl Read) -> Vec<u8> {
    let mut got = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let count = stream.read(&mut bytes).unwrap();
        got.extend(&bytes[..count]);
        let text = String::from_utf8_lossy(&got).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
        if count == 0 || body.len() >= length.parse().unwrap() {
            return got;
        }
    }
}

fn serve(answer: Vec<u8>, hold: bool) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/v1/chat/completions", listener.local_addr().unwrap());
    let (sender, asked) = channel();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        sender.send(request(&mut stream)).unwrap();
        // The client may have gone before all is written.
        let _ = stream.write_all(&answer);
        if hold {
            let _ = stream.read(&mut [0; 1]);
        }
    });
    Server { endpoint, asked, thread }
}

fn http(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn completion(content: &str) -> Vec<u8> {
    let body = serde_json::json!({"choices": [{"message": {"role": "assistant", "content": content}}]});
    http("200 OK", body.to_string().as_bytes())
}

fn model(server: &Server) -> Model {
    Model::new(&server.endpoint, "small").unwrap()
}

#[test]
fn a_good_answer_and_what_was_sent_for_it() {
    let server = serve(completion(r#"[{"words": "lie idle", "others": ["are idle"]}]"#), false);
    let answer = model(&server).ask(SENTENCE).unwrap();
    assert_eq!(answer.proposals[0].span, 10..18);
    assert_eq!(answer.proposals[0].others, ["are idle"]);
    let sent = String::from_utf8(server.asked.recv().unwrap()).unwrap();
    server.thread.join().unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{head}");
    assert_eq!(body.as_bytes(), countermark_model::request("small", SENTENCE));
    // Nothing in the head but what HTTP needs.
    for line in head.lines().skip(1) {
        let name = line.split(':').next().unwrap().to_ascii_lowercase();
        let known = ["host", "user-agent", "accept", "content-type", "content-length", "connection"];
        assert!(known.contains(&name.as_str()), "{line}");
    }
}

#[test]
fn what_is_no_answer_is_told_as_what_it_is() {
    let huge = format!("[{}]", " ".repeat(MOST_BYTES as usize));
    let moved = b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n".to_vec();
    for (answer, error) in [
        (http("500 Internal Server Error", b"out of memory"), Error::Status(500)),
        (http("404 Not Found", b""), Error::Status(404)),
        (http("204 No Content", b""), Error::Status(204)),
        (moved, Error::Status(307)),
        (http("200 OK", b"hello"), Error::NotCompletion),
        (b"SSH-2.0-garbage\r\n\r\n".to_vec(), Error::NotCompletion),
        (completion("I can't do that."), Error::NotList),
        (completion(&huge), Error::TooLong),
    ] {
        let server = serve(answer, false);
        assert_eq!(model(&server).ask(SENTENCE).unwrap_err(), error);
        server.thread.join().unwrap();
    }
}

#[test]
fn a_body_without_an_end_is_cut_off() {
    let mut answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    answer.extend(vec![b' '; 4 * MOST_BYTES as usize]);
    let server = serve(answer, false);
    assert_eq!(model(&server).ask(SENTENCE).unwrap_err(), Error::TooLong);
    server.thread.join().unwrap();
}

#[test]
fn a_server_that_says_nothing_or_stops_is_left() {
    let begun = completion("[]")[..60].to_vec();
    for answer in [Vec::new(), b"HTTP/1.1 200 OK\r\n".to_vec(), begun] {
        let server = serve(answer, true);
        let model = model(&server).waiting(Duration::from_millis(300));
        assert_eq!(model.ask(SENTENCE).unwrap_err(), Error::Slow);
        server.thread.join().unwrap();
    }
}

#[test]
fn nobody_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/x", listener.local_addr().unwrap());
    drop(listener);
    let error = Model::new(&endpoint, "small").unwrap().ask(SENTENCE).unwrap_err();
    assert_eq!(error, Error::Unreachable(std::io::ErrorKind::ConnectionRefused));
}

#[test]
fn a_model_has_a_name_and_an_address_here() {
    assert_eq!(Model::new("http://127.0.0.1:1/x", " ").unwrap_err(), Error::Name);
    assert_eq!(Model::new("http://127.0.0.1:1/x", "a\nb").unwrap_err(), Error::Name);
    assert!(matches!(Model::new("http://203.0.113.7/x", "small").unwrap_err(), Error::Endpoint(_)));
}
