//! G6 for finding: watcher and desk are killed and started again while posts keep coming, and nothing is lost or doubled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countermark_office::Office;
use countermark_testkit::rng;
use countermark_tlog::directory::Folder;
use countermark_vault::{Unlock, Vault};
use countermark_vault_sqlite::SqliteStore;
use rand_core::Rng as _;

use crate::common::Desk;
use crate::scene::{STOCK, Scene, until};
use crate::services::{Service, WEATHER, service};

/// What was posted, by the source's name and what the post's id or address ends with.
#[derive(Default)]
struct Posted {
    /// Leaks, with the message that each is of.
    leaks: BTreeMap<(&'static str, String), String>,
    /// Posts that share a stock phrase and no more.
    matches: BTreeSet<(&'static str, String)>,
    clean: usize,
}

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    pub kills: usize,
    pub leaks: usize,
    pub matches: usize,
    pub clean: usize,
}

/// Kills both, or one of them, at so many moments drawn from the seed, then lets them finish, and compares what stands in the vault with what
/// was posted.
pub fn killed(rounds: usize, seed: u64, alive_ms: std::ops::Range<u64>) -> Report {
    let names = ["folder", "telegram", "bluesky"];
    let mut scene = Scene::new();
    let mut services: Vec<Box<dyn Service>> =
        names.iter().map(|name| service(name, scene.desk.dir.path(), 1)).collect();
    for service in &services {
        scene.watch(&**service);
    }
    scene.start_watcher();
    scene.start_follower();
    scene.ready(&services);

    let (texts, stop) = (posts(&scene), AtomicBool::new(false));
    let mut chance = rng(seed);
    let mut kills = 0;
    let (posted, services) = std::thread::scope(|threads| {
        let writer = threads.spawn(|| {
            let posted = write(&mut services, &names, &texts, &stop);
            (posted, services)
        });
        for _ in 0..rounds {
            let alive = alive_ms.start + u64::from(chance.next_u32()) % (alive_ms.end - alive_ms.start);
            std::thread::sleep(Duration::from_millis(alive));
            let which = chance.next_u32() % 3;
            if which != 1 {
                let mut watcher = scene.watcher.take().unwrap();
                watcher.kill().unwrap();
                watcher.wait().unwrap();
                scene.start_watcher();
                kills += 1;
            }
            if which != 2 {
                scene.follower.take().unwrap().kill();
                scene.start_follower();
                kills += 1;
            }
        }
        stop.store(true, Ordering::SeqCst);
        writer.join().unwrap()
    });
    // A second desk takes in beside the one that follows: both at one post is one case all the same.
    until("every leak to be a case", || {
        let cases = scene.desk.json(&["case", "list"])["cases"].as_array().unwrap().len();
        cases >= posted.leaks.len()
    });
    until("every match to be taken in", || {
        let matches = scene.desk.run(&["--json", "case", "matches"]).json();
        matches["matches"].as_array().unwrap().len() >= posted.matches.len()
    });
    scene.end();
    drop(services);
    check(&scene.desk, &posted);
    Report { kills, leaks: posted.leaks.len(), matches: posted.matches.len(), clean: posted.clean }
}

/// More leaks than are posted, each with its message.
fn posts(scene: &Scene) -> Vec<(String, String)> {
    (0..4000).map(|number| scene.leak(number)).map(|(text, letter)| (text, letter.message.clone())).collect()
}

/// Writes posts until it is stopped: of ten at a source two are leaks, one shares a stock phrase.
fn write(
    services: &mut [Box<dyn Service>],
    names: &[&'static str],
    leaks: &[(String, String)],
    stop: &AtomicBool,
) -> Posted {
    let mut posted = Posted::default();
    let mut leaks = leaks.iter();
    for number in 0.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let (source, kind) = (number % names.len(), number / names.len() % 10);
        let (name, service) = (names[source], &mut services[source]);
        match kind {
            3 | 8 => {
                let Some((text, message)) = leaks.next() else { break };
                posted.leaks.insert((name, service.publish(text)), message.clone());
            }
            5 => {
                let post = service.publish(&format!("{STOCK} bakery of my street, no. {number}, opens at six."));
                posted.matches.insert((name, post));
            }
            _ => {
                service.publish(&format!("No. {number}. {WEATHER}"));
                posted.clean += 1;
            }
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    posted
}

/// Every leak is exactly one case, every match once in the list, nothing else is anywhere.
fn check(desk: &Desk, posted: &Posted) {
    let office = office(desk);
    let mut cases = BTreeMap::new();
    for summary in office.cases().unwrap() {
        let id: String = summary.id.iter().map(|byte| format!("{byte:02x}")).collect();
        let case = office.case(&id).unwrap();
        let origin = case.origin.unwrap();
        let message: String = summary.message.unwrap().0.iter().map(|byte| format!("{byte:02x}")).collect();
        let post = key(&origin.source, &origin.post);
        assert_eq!(posted.leaks.get(&post), Some(&message), "{post:?}");
        assert_eq!(cases.insert(post.clone(), id), None, "two cases of {post:?}");
        assert!(case.later.is_empty(), "{post:?} came twice");
    }
    assert_eq!(
        cases.len(),
        posted.leaks.len(),
        "lost: {:?}",
        posted.leaks.keys().filter(|key| !cases.contains_key(*key))
    );
    let mut matches = BTreeSet::new();
    for matched in office.matches().unwrap() {
        let post = key(&matched.item.source, &matched.item.post);
        assert!(matches.insert(post.clone()), "{post:?} stands twice");
    }
    assert_eq!(matches, posted.matches);
}

/// A post by its source and the end of its id.
fn key(source: &str, post: &str) -> (&'static str, String) {
    let source = ["folder", "telegram", "bluesky"].into_iter().find(|name| *name == source).unwrap();
    (source, post.rsplit('/').next().unwrap_or_default().to_owned())
}

/// The desk's office, opened with the libraries.
fn office(desk: &Desk) -> Office {
    let store = Box::new(SqliteStore::open(&desk.path("v.db")).unwrap());
    let passphrase = std::fs::read_to_string(desk.path("pass")).unwrap();
    let vault = Vault::open(store, Unlock::Passphrase(passphrase.trim()), Box::new(rng(1))).unwrap();
    let log = Folder::open(&desk.path("v.log")).unwrap();
    Office::open(vault, log, &desk.path("v.looks"), "test", Box::new(|| 2_000_000_000_000)).unwrap()
}
