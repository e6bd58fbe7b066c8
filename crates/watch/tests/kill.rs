//! G6 for the watcher: killed at a hundred random moments, it loses no post, and what it left twice the desk knows by its key. Besides: its
//! disk tells nothing that was written in confidence.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Fake, SECRET, feed, folder, items, numbered, post, setup, text, with_picture};
use countermark_inbox::{Item, Level};
use countermark_testkit::rng;
use countermark_watch::{AlarmConfig, Mode, WatchFolder, Way, run};
use rand_core::Rng as _;

/// Where a child works.
const CHILD: &str = "COUNTERMARK_TEST_WATCH";

/// More than the children get through.
const POSTS: u64 = 60_000;

/// As a child of the test below: watches until it is killed.
#[test]
fn child() {
    let Some(dir) = env::var_os(CHILD) else { return };
    let folder = WatchFolder::at(Path::new(&dir));
    let mut setup = setup(&folder, feeds());
    setup.mode = Mode::Forever;
    setup.alarms = ways(folder.root());
    run(setup).unwrap();
}

/// Two sources; one of them with a picture on every thirtieth post.
fn feeds() -> Vec<countermark_watch::Feed> {
    let mut posts = numbered(POSTS);
    let picture = env::temp_dir().join("countermark-test-picture");
    std::fs::write(&picture, "a picture of the weather").unwrap();
    let with = move |at| {
        let (made, next, more) = posts(at)?;
        let made = made.into_iter().map(|post| match post.id.parse::<u64>() {
            Ok(n) if n.is_multiple_of(30) => with_picture(post, &picture),
            _ => post,
        });
        Ok((made.collect(), next, more))
    };
    vec![feed("gazette", Fake(numbered(POSTS))), feed("pictures", Fake(with))]
}

/// A program that writes down each handle that it is told.
fn ways(root: &Path) -> Vec<AlarmConfig> {
    let script =
        format!("echo $COUNTERMARK_COUNT $COUNTERMARK_HANDLE >> {}", root.parent().unwrap().join("told").display());
    vec![AlarmConfig { name: "bell".into(), way: Way::Command { argv: vec!["sh".into(), "-c".into(), script] } }]
}

#[test]
fn killed_at_a_hundred_random_moments() {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let folder = folder(dir.path());
    let seed = 2028;
    let mut chance = rng(seed);
    for _ in 0..100 {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "child"])
            .env(CHILD, folder.root())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(20_000 + u64::from(chance.next_u32() % 150_000)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // How far each source came, as it stands durable; a last run ends what was under way.
    let cursor = |name: &str| {
        let text = std::fs::read_to_string(folder.root().join(format!("state/{name}.json"))).unwrap_or_default();
        serde_json::from_str::<serde_json::Value>(&text).map_or(0, |state| state["cursor"].as_u64().unwrap_or(0))
    };
    let mut kept: BTreeMap<(String, u64), BTreeSet<String>> = BTreeMap::new();
    let (mut doubles, mut handles) = (0, BTreeMap::new());
    let found = items(&folder);
    for item in &found {
        let id = (item.source.clone(), item.post.parse().unwrap());
        doubles += u32::from(!kept.entry(id).or_default().insert(item.key()));
        let handle: &mut String = handles.entry(item.key()).or_insert_with(|| item.handle.clone());
        assert_eq!(*handle, item.handle, "one find, one handle");
    }
    for source in ["gazette", "pictures"] {
        let end = cursor(source);
        println!("seed {seed}: {source} came to {end}");
        assert!(end > 500, "the children did something: {end}");
        for n in 1..=end {
            let expected = usize::from(n.is_multiple_of(10) || n.is_multiple_of(7));
            let there = kept.get(&(source.to_owned(), n)).map_or(0, BTreeSet::len);
            assert_eq!(there, expected, "seed {seed}: post {n} of {source}: {}", text(n));
        }
    }
    println!("{} items, {doubles} of them left twice and known by their keys", found.len());
}

#[test]
fn whoever_takes_its_disk_learns_nothing_written_in_confidence() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let picture = dir.path().join("picture.png");
    std::fs::write(&picture, SECRET).unwrap();
    let broken = dir.path().join("gone.png");
    let posts = vec![with_picture(with_picture(post("1", SECRET), &picture), &broken), post("2", "weather")];
    let mut setup = setup(&folder, vec![feed("gazette", Fake(move |_| Ok((posts.clone(), 1, false))))]);
    setup.alarms = vec![AlarmConfig { name: "missing".into(), way: Way::Command { argv: vec!["/no/such".into()] } }];
    run(setup).unwrap();
    let left: Vec<Item> = items(&folder);
    assert_eq!(left.iter().filter(|item| item.level == Level::Alarm).count(), 2);
    let mut files = 0;
    let mut folders = vec![folder.root().to_owned()];
    while let Some(dir) = folders.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            files += 1;
            let bytes = std::fs::read(entry.path()).unwrap();
            let holds =
                |what: &str| bytes.windows(what.len()).any(|window| window.eq_ignore_ascii_case(what.as_bytes()));
            for words in SECRET.split(' ').collect::<Vec<_>>().windows(3) {
                assert!(!holds(&words.join(" ")), "{} holds `{}`", entry.path().display(), words.join(" "));
            }
        }
    }
    assert!(files >= 7, "{files}");
}
