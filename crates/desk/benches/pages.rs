//! How long the pages of Write and Hand over take, in-process, with 10,000 messages sealed: `cargo bench -p countermark-desk --bench pages`.
//!
//! Each answer is checked. What is not measured: the socket, the browser, and the disk, since the vault lies in memory. Between the
//! requests for the list a draft is saved, as while somebody writes: whatever is kept in memory has to hold then, too.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::time::Instant;

use common::timed::{Bench, report};
use countermark_desk::Role;

/// Requests of each kind.
const TIMES: usize = 200;

fn main() {
    let messages = std::env::var("MESSAGES").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let began = Instant::now();
    let mut office = common::vault(dir.path(), messages);
    println!("{messages} messages sealed in {:.1?}", began.elapsed());
    let message = office.message_list("", 0, 1).unwrap().lines[0].message.0.map(|byte| format!("{byte:02x}")).concat();
    let draft = office.new_draft("Sample", common::SAMPLE).unwrap().id.map(|byte| format!("{byte:02x}")).concat();
    drop(office);
    let bench = Bench::of(dir.path(), [Role::Writer]);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let first = bench.get("/messages").await;
        println!("{:<28} {:>10.1?}  {:>7} bytes", "/messages, the first", first.0, first.1);
        let mut revision = 1;
        let mut save = async || {
            let text = common::SAMPLE.replace(' ', "+").replace('{', "%7B").replace('}', "%7D").replace('=', "%3D");
            let fields = format!("revision={revision}&title=&text={text}+{revision}");
            revision += 1;
            bench.post(&format!("/write/{draft}/text"), &fields).await
        };
        let mut saves = Vec::new();
        let mut lists = Vec::new();
        for page in 0..TIMES {
            saves.push(save().await);
            lists.push(bench.get(&format!("/messages?page={}", 1 + page % messages.div_ceil(50))).await);
        }
        report("/write/ID/text, a save", saves);
        report("/messages, after a save", lists);
        for (name, path) in [
            ("/messages, nothing new", "/messages".to_owned()),
            ("/messages?find=", "/messages?find=person-07".to_owned()),
            ("/messages/ID", format!("/messages/{message}")),
            ("/messages/ID/copies/1", format!("/messages/{message}/copies/1")),
            ("/write", "/write".to_owned()),
            ("/write/ID", format!("/write/{draft}")),
            ("/write/ID/copies", format!("/write/{draft}/copies")),
            ("/write/ID/seal", format!("/write/{draft}/seal")),
        ] {
            let mut times = Vec::new();
            for _ in 0..TIMES {
                times.push(bench.get(&path).await);
            }
            report(name, times);
        }
    });
}
