//! `watch add`, `watch run --once`, `case list`: with the real program, on a watched folder; and what the watcher's disk tells.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Desk, letter};

/// A desk with a sealed letter, and the text of a copy.
fn sealed() -> (Desk, String, String) {
    let desk = Desk::new();
    desk.write("fuel.master", letter().replace("{=salutation}", "Dear friends,"));
    let sealed = desk.json(&["seal", "fuel.master", "--copies", "3"]);
    let copy = sealed["copies"][1]["text"].as_str().unwrap().to_owned();
    (desk, copy, sealed["message"].as_str().unwrap().to_owned())
}

fn watched(desk: &Desk) -> PathBuf {
    let drop = desk.path("drop");
    std::fs::create_dir(&drop).unwrap();
    assert_eq!(desk.json(&["watch", "add", "folder:drop", "--name", "drop", "--every", "100ms"])["name"], "drop");
    drop
}

fn cases(desk: &Desk) -> usize {
    desk.run(&["--json", "case", "list"]).json()["cases"].as_array().unwrap().len()
}

#[test]
fn a_folder_is_watched_and_the_leak_is_a_case() {
    let (desk, copy, _) = sealed();
    let drop = watched(&desk);
    std::fs::write(drop.join("weather.txt"), "It rains in Dorn, and the ferry is late again.\n").unwrap();
    std::fs::write(drop.join("leak.txt"), &copy).unwrap();
    let ran = desk.json(&["watch", "run", "--once"]);
    assert_eq!(ran["sources"]["drop"]["answered"], true, "{ran}");
    assert_eq!(ran["sources"]["drop"]["counts"]["alarms"], 1, "{ran}");
    assert_eq!(cases(&desk), 1);
    // Once more, and nothing new.
    desk.json(&["watch", "run", "--once"]);
    assert_eq!(cases(&desk), 1);
    let status = desk.run(&["--json", "watch", "status"]).expect(1).json();
    assert_eq!((&status["running"], &status["index_messages"]), (&false.into(), &1.into()));
    assert_eq!(status["sources"]["drop"]["counts"]["alarms"], 1);
}

#[test]
fn one_thing_is_checked_by_hand() {
    let (desk, copy, _) = sealed();
    let leak = desk.write("leak.txt", &copy);
    let found = desk.json(&["watch", "check", &leak]);
    assert_eq!(found["level"], "alarm");
    assert!(found["texts"][0]["matches"][0]["words"].as_u64().unwrap() > 20, "{found}");
    let weather = desk.write("weather.txt", "It rains in Dorn, and the ferry is late again.");
    let nothing = desk.run(&["--json", "watch", "check", &weather]).expect(1).json();
    assert!(nothing["level"].is_null());
    let read = desk.run_with_input(&["watch", "check", "-"], copy.as_bytes());
    assert!(read.expect(0).out.starts_with("alarm\n"));
    desk.run(&["watch", "check", "http://127.0.0.1:9/x"]).expect(2);
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let desk = Desk::empty();
    for (args, words) in [
        (&["watch", "run"][..], "nothing is watched yet"),
        (&["watch", "add", "gopher:x"], "names no source"),
        (&["watch", "add", "folder:nowhere"], "is no folder"),
        (&["watch", "remove", "nothing"], "there is no `nothing`"),
        (&["watch", "add", "feed:https://x.example/feed", "--every", "soon"], "no duration"),
        (&["watch", "alarm", "test"], "nobody is told"),
    ] {
        let ran = desk.run(args).expect(2);
        assert!(
            ran.err.contains(words) && (ran.err.contains("hint:") || words == "no duration"),
            "{args:?}: {}",
            ran.err
        );
    }
    desk.run(&["watch", "list"]).expect(1);
    desk.json(&["watch", "add", "feed:https://x.example/feed"]);
    desk.json(&["watch", "add", "feed:https://x.example/feed"]);
    let names = desk.json(&["watch", "list"])["sources"].clone();
    assert_eq!(
        (&names[0]["name"], &names[1]["name"]),
        (&"feed-x-example-feed".into(), &"feed-x-example-feed-2".into())
    );
    let ran = desk.run(&["watch", "run", "--once"]).expect(2);
    assert!(ran.err.contains("no index") && ran.err.contains("hint:"), "{}", ran.err);
    desk.json(&["watch", "names", "add", "Ines  Varga"]);
    assert_eq!(desk.json(&["watch", "names", "list"])["names"][0], "Ines Varga");
    desk.json(&["watch", "alarm", "add", "command", "true", "{summary}"]);
    assert_eq!(desk.json(&["watch", "alarm", "test"])["alarms"][0]["works"], true);
}

#[test]
fn a_running_watcher_sees_a_post_at_once_rings_and_ends_cleanly() {
    let (desk, copy, message) = sealed();
    let drop = watched(&desk);
    let bell = format!("echo $COUNTERMARK_WORDS $COUNTERMARK_HANDLE > {}", desk.path("bell").display());
    desk.json(&["watch", "alarm", "add", "command", "sh", "-c", &bell]);
    let mut child = desk.command(&["watch", "run"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let until = |what: &dyn Fn() -> bool| {
        let end = Instant::now() + Duration::from_secs(60);
        while !what() {
            assert!(Instant::now() < end, "it did not come to that");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    until(&|| desk.run(&["--json", "watch", "status"]).code == 0);
    std::fs::write(drop.join("leak.txt"), &copy).unwrap();
    let posted = Instant::now();
    until(&|| std::fs::read_to_string(desk.path("bell")).is_ok_and(|text| text.ends_with('\n')));
    println!("from the file to the alarm: {:?}", posted.elapsed());
    // A second watcher is refused; SIGTERM ends the first.
    assert!(desk.run(&["watch", "run", "--once"]).expect(2).err.contains("another watcher runs"));
    let begin = Instant::now();
    let killed = std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert!(child.wait().unwrap().success());
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert_eq!(cases(&desk), 1);
    silent(&desk.path("v.watch"), &copy, &message);
}

/// No file of the watch folder holds four words of the copy in a row, the message's id, or a recipient.
fn silent(folder: &Path, copy: &str, message: &str) {
    let words: Vec<&str> = copy.split_whitespace().collect();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            silent(&entry.path(), copy, message);
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        let holds = |what: &str| bytes.windows(what.len()).any(|window| window.eq_ignore_ascii_case(what.as_bytes()));
        assert!(!holds(message), "{}", entry.path().display());
        for four in words.windows(4) {
            assert!(!holds(&four.join(" ")), "{}", entry.path().display());
        }
    }
}
