//! A desk with sealed letters, and beside it the watcher and `case follow` as processes of their own.

#![allow(dead_code)] // each test file uses a part of it

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::common::{Desk, read_sample};
use super::services::Service;

/// How long anything is waited for before a test gives up: far more than it takes.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Words that stand in many letters: a match that alarms nobody.
pub const STOCK: &str = "I have the honour to inform you that the";

/// To whom the letters are.
pub const RECIPIENT: &str = "Oda Brandvold";

/// A desk and what it has sealed.
pub struct Scene {
    pub desk: Desk,
    pub letters: Vec<Letter>,
    pub watcher: Option<Child>,
    pub follower: Option<Follower>,
}

/// A sealed letter.
pub struct Letter {
    /// The message's id.
    pub message: String,
    /// A copy.
    pub text: String,
}

/// `case follow --json`, and what it has said.
pub struct Follower {
    child: Child,
    lines: Receiver<Said>,
    /// Its objects, each with the time when it came.
    pub cases: Vec<(Instant, Value)>,
    /// Later states of posts that it took in.
    pub later: usize,
    /// What it said besides.
    pub notes: Vec<String>,
}

enum Said {
    Case(Instant, Value),
    Note(String),
}

impl Scene {
    /// A new vault with three letters; the third begins as many do.
    pub fn new() -> Self {
        let desk = Desk::new();
        desk.json(&["people", "add", "oda", "--name", RECIPIENT]);
        let tale = "ferry of Tarnel sails again on the second of May, and that the harbour dues of the autumn are waived for every boat \
                    which lay at anchor off the Merrow lights when the storm broke. The lamps on the northern mole burn from tonight.";
        let texts = [
            ("fuel.master", read_sample("fuel.master").replace("{=salutation}", "Dear friends,")),
            ("shelf.txt", bench_letter("02")),
            ("ferry.txt", format!("Dear Sirs\n\n{STOCK} {tale}\n")),
        ];
        let seal = |(name, text): &(&str, String)| {
            desk.write(name, text);
            let sealed = desk.json(&["seal", name, "--to", "oda"]);
            let (message, text) = (sealed["message"].as_str().unwrap(), sealed["copies"][0]["text"].as_str().unwrap());
            Letter { message: message.to_owned(), text: text.to_owned() }
        };
        let letters = texts.iter().map(seal).collect();
        Self { desk, letters, watcher: None, follower: None }
    }

    /// Has a service watched.
    pub fn watch(&self, service: &dyn Service) {
        for add in service.adds() {
            let args: Vec<&str> = ["watch", "add"].into_iter().chain(add.iter().map(String::as_str)).collect();
            self.desk.json(&args);
        }
    }

    /// A post with thirty words of a letter, other ones for each number, and which letter it is.
    pub fn leak(&self, number: usize) -> (String, &Letter) {
        let letter = &self.letters[number % self.letters.len()];
        let words: Vec<&str> = letter.text.split_whitespace().collect();
        let (length, behind) = (30, STOCK.split(' ').count() + 2);
        let from = behind + (number * 7) % (words.len() - length - behind);
        let quoted = words[from..(from + length).min(words.len())].join(" ");
        (format!("Seen on the coast, no. {number}: {quoted} -- so much for that, says our reader."), letter)
    }

    pub fn start_watcher(&mut self) {
        let mut command = self.desk.command(&["watch", "run"]);
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.desk.path("watch.log")).unwrap();
        self.watcher = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    }

    pub fn start_follower(&mut self) {
        let mut command = self.desk.command(&["--json", "case", "follow"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (sender, lines) = channel();
        let notes = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // A line that a kill cut off is none.
                if let Ok(object) = serde_json::from_str(&line) {
                    let _ = sender.send(Said::Case(Instant::now(), object));
                }
            }
        });
        std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                let _ = notes.send(Said::Note(line));
            }
        });
        self.follower = Some(Follower { child, lines, cases: Vec::new(), later: 0, notes: Vec::new() });
    }

    /// Waits until every source has answered and `case follow` looks into the inbox.
    pub fn ready(&mut self, services: &[Box<dyn Service>]) {
        let names: Vec<String> = services.iter().flat_map(|one| one.adds()).map(|add| add[2].clone()).collect();
        let desk = &self.desk;
        until("every source to answer", || {
            let status = std::fs::read(desk.path("v.watch/state/status.json")).unwrap_or_default();
            let status: Value = serde_json::from_slice(&status).unwrap_or_default();
            // A stream has not answered before something comes on it.
            let answers = |name: &String| {
                ["bluesky", "mastodon-stream"].contains(&name.as_str())
                    || !status["sources"][name]["last_success"].is_null()
            };
            names.iter().all(answers) && services.iter().all(|service| service.is_watched())
        });
        let follower = self.follower.as_mut().unwrap();
        until("the desk to follow", || {
            follower.hear(Duration::from_millis(20));
            follower.notes.iter().any(|note| note.contains("taking in"))
        });
    }

    /// Ends both as a service manager does; each within its time.
    pub fn end(&mut self) {
        for child in [self.watcher.take(), self.follower.take().map(|follower| follower.child)].into_iter().flatten() {
            terminate(child);
        }
    }

    /// What the watcher said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.desk.path("watch.log")).unwrap_or_default()
    }
}

impl std::ops::Drop for Scene {
    fn drop(&mut self) {
        for mut child in
            [self.watcher.take(), self.follower.take().map(|follower| follower.child)].into_iter().flatten()
        {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Follower {
    /// Hears what it says, waiting so long for the first of it.
    pub fn hear(&mut self, wait: Duration) {
        let mut next = self.lines.recv_timeout(wait).ok();
        while let Some(said) = next {
            match said {
                Said::Case(at, object) => self.cases.push((at, object)),
                Said::Note(line) => {
                    let count = line.split(" later states").next().filter(|count| count.len() < line.len());
                    self.later += count.and_then(|count| count.rsplit(' ').next()?.parse::<usize>().ok()).unwrap_or(0);
                    self.notes.push(line);
                }
            }
            next = self.lines.try_recv().ok();
        }
    }

    /// Waits until it has told of so many cases in all.
    #[track_caller]
    pub fn wait_for(&mut self, cases: usize) -> &(Instant, Value) {
        until(&format!("case {cases}"), || {
            self.hear(Duration::from_millis(50));
            self.cases.len() >= cases
        });
        &self.cases[cases - 1]
    }

    /// A power cut for this process alone.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something.
#[track_caller]
pub fn until(what: &str, mut good: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !good() {
        assert!(Instant::now() < end, "waited for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn terminate(mut child: Child) {
    let asked = std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success());
}

/// A letter of those that are measured with.
pub fn bench_letter(number: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../bench/letters/{number}.txt"));
    std::fs::read_to_string(path).unwrap()
}
