//! `suggest` with a model of the office's own: one sentence goes out, proposals come in, and each is taken by hand.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[allow(dead_code)] // a part of it is used here
#[path = "common/tty.rs"]
mod tty;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use common::Desk;
use serde_json::json;
use tty::Tty;

const LETTER: &str =
    "Dear {=name},\n\nThe meeting is in Lisk. The {harbour|port} lies idle. Nobody told the minister.\n";
/// A sentence of the letter as it is sent, and what must never be.
const SENTENCE: &str = "The harbour lies idle.";
const NEVER: [&str; 9] = ["Dear", "[name]", "name]", "meeting", "Lisk", "Nobody", "minister", "port", "letter.txt"];

struct Model {
    listener: TcpListener,
}

impl Model {
    fn new(desk: &Desk) -> Model {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let endpoint = format!("http://localhost:{}/v1/chat/completions", at.port());
        desk.write("v.toml", format!("[model]\nendpoint = \"{endpoint}\"\nname = \"small\"\n"));
        Model { listener }
    }

    /// The next request whole, and where to answer it.
    fn asked(&self) -> (String, TcpStream) {
        let (mut stream, _) = self.listener.accept().unwrap();
        let (mut got, mut bytes) = (Vec::new(), [0; 4096]);
        loop {
            let count = stream.read(&mut bytes).unwrap();
            got.extend(&bytes[..count]);
            let text = String::from_utf8(got.clone()).unwrap();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
            if body.len() >= length.parse().unwrap() {
                return (text, stream);
            }
        }
    }
}

fn answer(mut stream: TcpStream, status: &str, body: &str) {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
}

fn completion(list: &serde_json::Value) -> String {
    let content = format!("```json\n{list}\n```");
    json!({"choices": [{"message": {"role": "assistant", "content": content}}]}).to_string()
}

fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("letter.txt", LETTER);
    desk
}

fn start(desk: &Desk) -> Tty {
    // A proxy of the environment is not asked: it would get the sentence.
    let proxy = [
        ("http_proxy", "http://127.0.0.1:1"),
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("ALL_PROXY", "http://127.0.0.1:1"),
    ];
    Tty::start(desk, &["--vault", "v.db", "suggest", "letter.txt", "--style", "formal"], (24, 80), &proxy)
}

fn master(desk: &Desk) -> String {
    std::fs::read_to_string(desk.path("letter.txt.master")).unwrap()
}

#[test]
fn one_sentence_goes_out_and_a_proposal_is_taken_by_hand() {
    let desk = desk();
    let model = Model::new(&desk);
    let mut tty = start(&desk);
    tty.see("1 taken");
    tty.press("/harbour\r");
    tty.see("stands  harbour");
    tty.press("m");
    tty.see("waiting for the model");
    let (sent, stream) = model.asked();
    assert!(sent.contains(SENTENCE), "{sent}");
    for text in NEVER {
        assert!(!sent.contains(text), "{text} went out: {sent}");
    }
    // Meanwhile keys do what they do; the screen still says what is waited for.
    tty.press("m");
    let screen = tty.see("one answer at a time");
    assert!(screen.contains("waiting for the model"), "{screen}");
    let list = json!([
        {"words": "lies idle", "others": ["is idle"]},
        {"words": "minister", "others": ["secretary"]},
        {"words": "The harbour", "others": ["The docks"]},
    ]);
    answer(stream, "200 OK", &completion(&list));
    let screen = tty.see("1 proposal of the model; 2 that can't be used left out");
    assert!(screen.contains("proposed  authored, from the model") && screen.contains("or      is idle"), "{screen}");
    assert!(!screen.contains("waiting for the model"), "{screen}");
    assert_eq!(master(&desk), LETTER, "nothing is taken by itself");

    // All of its class, all of its rule: not these.
    tty.press("C");
    tty.see("no open proposal of class authored");
    tty.press("A");
    tty.see("no open proposal of this rule");

    // Killed, it is still proposed; then taken by hand.
    tty.signal("KILL");
    tty.end();
    let mut tty = start(&desk);
    tty.see("going on where you stopped");
    tty.press("/lies idle\r");
    tty.see("from the model");
    tty.press("a");
    tty.see("2 taken");
    assert!(master(&desk).contains("The {harbour|port} {lies idle|is idle}. Nobody"), "{}", master(&desk));
    tty.press("q");
    assert_eq!(tty.end(), 0);
}

#[test]
fn a_failure_is_told_and_nothing_is_lost() {
    let desk = desk();
    let model = Model::new(&desk);
    let mut tty = start(&desk);
    tty.see("1 taken");
    tty.press("m");
    answer(model.asked().1, "500 Internal Server Error", "");
    tty.see("the model's server answers with status 500; nothing was changed");
    // From words, too; and an answer that is waited for no longer is not taken.
    tty.press("w");
    tty.see("chosen");
    tty.press("\u{1b}OQ");
    tty.see("waiting for the model");
    let (_, stream) = model.asked();
    tty.press("\u{1b}");
    tty.see("a take");
    tty.press("\u{1b}");
    tty.see("waited for no longer");
    answer(stream, "200 OK", &completion(&json!([{"words": "lies idle", "others": ["is idle"]}])));
    // While one is waited for, it can be ended at once.
    tty.press("m");
    tty.see("waiting for the model");
    let _held = model.asked();
    tty.press("\u{3}");
    assert_eq!(tty.end(), 0);
    assert_eq!(master(&desk), LETTER);
}

#[test]
fn without_a_model_nobody_is_asked_and_elsewhere_is_refused() {
    let desk = desk();
    let mut tty = start(&desk);
    tty.see("1 taken");
    tty.press("m");
    tty.see("no model is named");
    tty.press("q");
    assert_eq!(tty.end(), 0);
    for endpoint in ["https://127.0.0.1/v1/chat/completions", "http://models.example/v1/chat/completions"] {
        desk.write("v.toml", format!("[model]\nendpoint = \"{endpoint}\"\nname = \"small\"\n"));
        let mut tty = start(&desk);
        assert_eq!(tty.end(), 2);
        let screen = tty.screen();
        assert!(screen.contains("must be on this machine") && screen.contains("tunnel"), "{screen}");
    }
}
