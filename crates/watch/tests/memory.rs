//! The watcher's memory stays flat. In a file of its own: what is measured is the process's, and other tests would count in it.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use common::{Fake, feed, folder, post, setup, text};
use countermark_watch::run;

#[test]
fn memory_stays_flat_over_a_hundred_thousand_posts() {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let folder = folder(dir.path());
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default().to_owned();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    let samples = Arc::new(std::sync::Mutex::new(Vec::new()));
    let sampled = Arc::clone(&samples);
    let source = Fake(move |after: u64| {
        if after.is_multiple_of(10_000) {
            sampled.lock().unwrap().push(resident());
        }
        let made = (after + 1..=after + 200).map(|n| post(&n.to_string(), &text(n))).collect();
        Ok((made, after + 200, after + 200 < 100_000))
    });
    let begin = std::time::Instant::now();
    let mut setup = setup(&folder, vec![feed("gazette", source)]);
    setup.inbox = countermark_inbox::Limits { spool: 64 << 20, segment: 4 << 20, ..Default::default() };
    let status = run(setup).unwrap();
    assert_eq!(status.sources["gazette"].counts.posts, 100_000);
    let samples = samples.lock().unwrap().clone();
    println!("RSS in MiB every 10,000 posts: {samples:?}; 100,000 posts in {:?}", begin.elapsed());
    // After a third of the way the set of seen posts is as large as it gets.
    assert!(samples[9] <= samples[4] + 16, "{samples:?}");
}
