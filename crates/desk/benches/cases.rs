//! How long the pages of cases take, in-process, with 10,000 messages sealed and 1,000 cases: `cargo bench -p countermark-desk --bench cases`.
//!
//! Each answer is checked. What is not measured: the socket, the browser, and the disk, since the vault lies in memory. Between the
//! requests a note is kept, as while an office works: whatever is kept in memory has to hold then, too. The cases are opened while few
//! messages are there, since each is looked for among all of them; the pages show the same.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::time::{Duration, Instant};

use common::timed::{Bench, report};
use countermark_desk::Role;
use countermark_office::{Captured, Office, Rate};
use countermark_reading::Names;

/// Requests of each kind.
const TIMES: usize = 200;

/// Messages that are there when the cases are opened.
const FIRST: usize = 40;

fn main() {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (messages, cases) = (number("MESSAGES", 10_000), number("CASES", 1_000));
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let began = Instant::now();
    let mut office = common::vault(dir.path(), FIRST);
    let ids = open_cases(&mut office, cases);
    for number in FIRST..messages {
        office.seal(&common::request(number)).unwrap();
        publish(&mut office, number);
    }
    office.publish_now(None).unwrap();
    println!("{messages} messages and {cases} cases in {:.1?}", began.elapsed());
    drop(office);
    let bench = Bench::of(dir.path(), [Role::Analyst, Role::Press, Role::Approver]);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let case = |number: usize| format!("/cases/{}", ids[number % ids.len()]);
        for (name, path) in [("/cases, the first", "/cases".to_owned()), ("/cases/ID, the first", case(0))] {
            report(name, vec![bench.get(&path).await]);
        }
        let (mut lists, mut looks, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..TIMES {
            notes.push(bench.post(&format!("{}/note", case(number)), &format!("text=Note+{number}")).await);
            lists.push(bench.get(&format!("/cases?page={}", 1 + number % cases.div_ceil(50))).await);
            looks.push(bench.get(&case(number * 7)).await);
        }
        report("/cases/ID/note", notes);
        report("/cases, after a note", lists);
        report("/cases/ID, each another", looks);
        for (name, path) in [
            ("/cases, nothing new", "/cases".to_owned()),
            ("/cases?kind=invented", "/cases?kind=invented&state=open".to_owned()),
            ("/cases/ID, named", case(0)),
            ("/cases/ID, a quotation", case(1)),
            ("/cases/ID, invented", case(2)),
            ("/cases/ID/brief", format!("{}/brief", case(0))),
            ("/cases/matches", "/cases/matches".to_owned()),
        ] {
            let mut times = Vec::new();
            for _ in 0..TIMES {
                times.push(bench.get(&path).await);
            }
            report(name, times);
        }
    });
}

/// What waits goes into the log as it does with anybody who seals so much.
fn publish(office: &mut Office, number: usize) {
    if number % 50 == 49 {
        office.set_rate(Rate::new(Duration::from_secs(3600), 64).unwrap());
        office.publish_now(None).unwrap();
    }
}

/// Of three cases one shows a whole copy and was asked about, one quotes a part of one, one is invented.
fn open_cases(office: &mut Office, cases: usize) -> Vec<String> {
    let mut names = Names::new();
    names.add::<&str>("Ada Lindvar", []);
    let lines = office.message_list("", 0, FIRST).unwrap().lines;
    let hex = |id: &[u8]| id.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut ids = Vec::with_capacity(cases);
    for number in 0..cases {
        let line = &lines[number % lines.len()];
        let copy = office.copy(&hex(&line.message.0), &line.to[0]).unwrap().1.text;
        let (text, reason) = match number % 3 {
            0 => (copy, Some("it is out")),
            1 => (copy.split_inclusive(' ').skip(8).take(30 + number % 7).collect(), None),
            _ => (
                format!(
                    "Ada Lindvar wrote: “We shall sell harbour number {number} to whoever pays most, and nobody will hear of it.”"
                ),
                None,
            ),
        };
        let captured = Captured::text(text.as_bytes(), &text, common::NOW / 1000);
        publish(office, number);
        ids.push(hex(&office.open_case_on(&captured, &names, reason).unwrap().id));
    }
    ids
}
