//! Outside clocks through the real program: a witness that it serves itself, a time-stamper played by `openssl ts`, both on the loopback.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;
#[allow(dead_code)] // a part of it is used here
#[path = "common/tty.rs"]
mod tty;

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use common::{Desk, program};
use countermark_testkit::{Authority, KeyKind, Loopback, Reply};
use serde_json::Value;
use tty::Tty;

const TEXT: &str = "We agreed on the ninth of March. Nothing else was said.";

/// A witness that runs; killed when dropped.
struct Running {
    child: Child,
    url: String,
    key: String,
}

impl Running {
    /// It knows the log of this key.
    fn new(desk: &Desk, log_key: &str) -> Self {
        let made = desk.json(&["log", "witness", "key", "--dir", "w", "--name", "witness.example/w1"]);
        let mut command = program();
        command.current_dir(desk.dir.path()).args([
            "--json",
            "log",
            "witness",
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--dir",
            "w",
        ]);
        let mut child = command.args(["--log", log_key]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        let url = format!("http://{}", said["listening"].as_str().unwrap());
        Self { child, url, key: made["key"].as_str().unwrap().to_owned() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn numbers(value: &Value, keys: [&str; 3]) -> [u64; 3] {
    keys.map(|key| value[key].as_u64().unwrap_or_else(|| panic!("{key}: {value}")))
}

#[test]
fn a_witness_is_asked_after_every_publication_and_never_waited_for() {
    let desk = Desk::empty();
    desk.write("t.txt", TEXT);
    let log_key = desk.json(&["init"])["log_key"].as_str().unwrap().to_owned();
    let witness = Running::new(&desk, &log_key);
    let added = desk.json(&["log", "witness", "add", &witness.key, &witness.url]);
    assert_eq!((&added["name"], &added["cosigned"]), (&"witness.example/w1".into(), &true.into()), "{added}");
    let sealed = desk.json(&["seal", "t.txt", "--copies", "1", "--now"]);
    let list = desk.json(&["log", "witness", "list"]);
    assert_eq!(list["witnesses"][0]["size"], 9, "{list}");
    let published = desk.json(&["log", "publish", "--now"]);
    assert_eq!(numbers(&published, ["stamped", "cosigned", "unanswered"]), [0, 1, 0]);
    let cosigned = desk.json(&["log", "checkpoint"])["checkpoint"].as_str().unwrap().to_owned();
    assert!(cosigned.contains("\n— witness.example/w1 "), "{cosigned}");

    // The proof goes under the checkpoint that was cosigned first, and carries the cosignature.
    let id = sealed["message"].as_str().unwrap();
    desk.json(&["prove", id, "--open", "1", "--out", "b.json"]);
    assert!(std::fs::read_to_string(desk.path("b.json")).unwrap().contains("— witness.example/w1 "));
    assert_eq!(desk.json(&["verify", "b.json", "--log-key", &log_key])["valid"], true);

    // A vault that has forgotten where the witness stands is told by it.
    desk.json(&["log", "witness", "remove", "witness.example/w1"]);
    desk.run(&["log", "witness", "remove", "witness.example/w1"]).expect(2);
    desk.run(&["log", "timestamp"]).expect(2);
    desk.json(&["log", "publish", "--now"]);
    assert_eq!(desk.json(&["log", "witness", "add", &witness.key, &witness.url])["cosigned"], true);

    // A witness that is away keeps nobody from sealing; it is asked again.
    drop(witness);
    let ran = desk.run(&["--json", "seal", "t.txt", "--copies", "1", "--now"]).expect(0);
    assert_eq!(ran.json()["provable"], true);
    assert!(ran.err.contains("no cosignature of witness.example/w1"), "{}", ran.err);
    let missing = desk.run(&["--json", "log", "timestamp"]).expect(1).json();
    assert_eq!(numbers(&missing, ["stamped", "cosigned", "unanswered"]), [0, 0, 1]);
    let again = Running::new(&desk, &log_key);
    desk.json(&["log", "witness", "add", &again.key, &again.url]);
    let now = desk.json(&["log", "timestamp"]);
    assert_eq!(numbers(&now, ["stamped", "cosigned", "unanswered"]), [0, 0, 0], "adding it has asked it: {now}");
    let audit = desk.json(&["log", "audit"]);
    assert_eq!((&audit["valid"], &audit["unchecked"]), (&true.into(), &0.into()), "{audit}");
    assert_eq!(audit["cosignatures"], 5, "{audit}");
}

#[test]
fn a_time_stamper_is_asked_after_every_publication() {
    let Some(authority) = Authority::new(KeyKind::P256) else { return };
    let desk = Desk::empty();
    desk.write("t.txt", TEXT);
    desk.write("ca.pem", authority.read("ca.pem"));
    let stamper = Loopback::new(move |request| {
        Reply::Whole(200, "application/timestamp-reply", authority.stamp(&request.body, "sha256", 0))
    });
    let url = stamper.url();
    desk.json(&["init", "--timestamper", &url, "--timestamper-trust", "ca.pem"]);
    assert_eq!(desk.json(&["log", "timestamper", "list"])["timestampers"][0]["url"], url.as_str());
    let sealed = desk.json(&["seal", "t.txt", "--copies", "1"]);
    let id = sealed["message"].as_str().unwrap();
    // The proof publishes, and has the new checkpoint stamped before it is made.
    let proved = desk.run(&["prove", id, "--open", "1", "--out", "b.json"]).expect(0);
    assert!(!proved.err.contains("no independent clock"), "{}", proved.err);
    let report = desk.json(&["verify", "b.json", "--trust", "ca.pem"]);
    assert!(report["sealed_before"].as_u64().unwrap() > 1_700_000_000, "{report}");
    assert_eq!(desk.json(&["log", "audit"])["tokens"], 2);

    // What is under nobody's certificate that was given is not kept, and is no reason not to seal.
    let stranger = Authority::new(KeyKind::P256).unwrap();
    desk.write("other.pem", stranger.read("ca.pem"));
    desk.json(&["log", "timestamper", "remove", &url]);
    assert_eq!(desk.json(&["log", "timestamper", "add", &url, "--trust", "other.pem"])["stamped"], false);
    let ran = desk.run(&["--json", "seal", "t.txt", "--copies", "1", "--now"]).expect(0);
    assert!(ran.err.contains("no time-stamp of") && ran.err.contains("trust anchor"), "{}", ran.err);
    desk.run(&["log", "timestamper", "add", &url, "--trust", "t.txt"]).expect(2);
    // By files it goes as ever.
    assert!(desk.json(&["log", "timestamp", "--request", "r.tsq"])["size"].as_u64().unwrap() > 1);
}

#[test]
fn whom_init_is_given_is_asked_and_what_is_wrong_with_them_is_said() {
    let desk = Desk::empty();
    let wrong = desk.run(&["init", "--witness", "nothing"]).expect(2);
    assert!(wrong.err.contains("KEY=URL"), "{}", wrong.err);
    desk.run(&["init", "--timestamper", "http://127.0.0.1:9/"]).expect(2);
    desk.run(&["init", "--timestamper", "http://127.0.0.1:9/", "--timestamper-trust", "absent.pem"]).expect(2);
    assert!(!desk.path("v.db").exists(), "nothing is made before all of it can be read");
    let key = desk.json(&["log", "witness", "key", "--dir", "w", "--name", "witness.example/w1"])["key"]
        .as_str()
        .unwrap()
        .to_owned();
    // Nobody listens there: the vault is made, and who did not answer is told.
    let made = desk.run(&["init", "--witness", &format!("{key}=http://127.0.0.1:9/")]).expect(0);
    assert!(made.err.contains("no cosignature of witness.example/w1"), "{}", made.err);
    assert_eq!(desk.json(&["log", "witness", "list"])["witnesses"][0]["url"], "http://127.0.0.1:9/");
    let alone = Desk::empty().run(&["init", "--no-clock"]).expect(0);
    assert!(alone.err.contains("no independent clock"), "{}", alone.err);
}

#[test]
fn init_asks_on_a_terminal_who_vouches_for_the_time() {
    let desk = Desk::empty();
    let args = ["--vault", "v.db", "--passphrase-file", "pass", "init"];
    let mut tty = Tty::start(&desk, &args, (40, 120), &[]);
    tty.see("Without either, when you sealed is your own word");
    tty.see("A time-stamper's address (empty: none):");
    tty.press("\r");
    tty.see("A witness's public key");
    tty.press("\r");
    tty.see("no independent clock");
    assert_eq!(tty.end(), 0);
    assert!(desk.path("v.db").exists());
    let desk = Desk::empty();
    let mut tty = Tty::start(&desk, &args, (40, 120), &[]);
    tty.see("A time-stamper's address");
    tty.press("http://127.0.0.1:9/\r");
    tty.see("The file with its certificates (PEM):");
    tty.press("absent.pem\r");
    assert_eq!(tty.end(), 2);
    assert!(!desk.path("v.db").exists());
}
