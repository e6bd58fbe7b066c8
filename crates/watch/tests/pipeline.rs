//! What comes in, what is left for the desk, and what holds up whom.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{COMMON, Fake, SECRET, feed, folder, items, numbered, post, setup, with_picture};
use countermark_inbox::{Level, Limits, warc};
use countermark_sources::{Fault, Kind};
use countermark_watch::{Attribute, Error, Mode, Status, run};

#[test]
fn what_shares_words_is_left_once_and_in_full() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    for _ in 0..2 {
        let status = run(setup(&folder, vec![feed("gazette", Fake(numbered(70)))])).unwrap();
        let counts = status.sources["gazette"].counts;
        assert_eq!((counts.posts, counts.alarms, counts.matches), (70, 7, 9));
        assert_eq!(status.index_messages, 2);
    }
    let items = items(&folder);
    let of = |level| items.iter().filter(|item| item.level == level).count();
    assert_eq!((items.len(), of(Level::Alarm), of(Level::Match)), (16, 7, 9));
    let item = items.iter().find(|item| item.level == Level::Alarm).unwrap();
    assert_eq!((item.source.as_str(), item.post.as_str(), item.captured_at), ("gazette", "10", 1_900_000_005));
    assert_eq!((item.texts[0].role.as_str(), item.texts[0].shared[0].words), ("own", 12));
    let records = warc::read(&item.capture).unwrap();
    assert!(records[0].payload().windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()));
    assert_eq!(records.len(), 3);
}

#[test]
fn an_edit_is_a_version_and_a_deletion_is_told_where_something_was_left() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let mut answers = vec![
        vec![post("1", "about the weather"), post("2", SECRET), post("3", COMMON)],
        vec![post("1", &format!("now: {SECRET}")), post("2", SECRET), post("2", &format!("{SECRET}, corrected"))],
        ["1", "2", "3", "4"].into_iter().map(deleted).collect(),
        vec![deleted("2"), post("2", SECRET)],
    ]
    .into_iter();
    let source = Fake(move |at| Ok((answers.next().unwrap_or_default(), at + 1, at < 4)));
    run(setup(&folder, vec![feed("gazette", source)])).unwrap();
    let mut found: Vec<(String, Level)> = items(&folder).iter().map(|item| (item.post.clone(), item.level)).collect();
    found.sort_by_key(|(id, level)| (id.clone(), *level as u8));
    let expected = [
        ("1", Level::Alarm),
        ("1", Level::Deleted),
        ("2", Level::Alarm),
        ("2", Level::Alarm),
        ("2", Level::Deleted),
        ("3", Level::Match),
        ("3", Level::Deleted),
    ];
    assert_eq!(found, expected.map(|(id, level)| (id.to_owned(), level)));
}

#[test]
fn what_was_edited_out_is_told_and_so_is_what_came_and_went_between_two_polls() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let mut answers = vec![
        vec![
            post("1", SECRET),
            post("2", COMMON),
            post("3", SECRET),
            post("3", "withdrawn"),
            post("4", SECRET),
            deleted("4"),
        ],
        vec![post("1", "withdrawn"), post("2", "withdrawn"), post("1", "withdrawn"), post("5", "withdrawn")],
    ]
    .into_iter();
    let source = Fake(move |at| Ok((answers.next().unwrap_or_default(), at + 1, at < 2)));
    run(setup(&folder, vec![feed("gazette", source)])).unwrap();
    let mut found: Vec<(String, Level, String)> = items(&folder)
        .into_iter()
        .map(|item| (item.post, item.level, item.texts.first().map_or(String::new(), |t| t.text.clone())))
        .collect();
    found.sort_by_key(|(id, level, text)| (id.clone(), text.len() < SECRET.len(), *level as u8));
    let expected = [
        ("1", Level::Alarm, SECRET),
        ("1", Level::Match, "withdrawn"),
        ("2", Level::Match, COMMON),
        ("3", Level::Alarm, SECRET),
        ("3", Level::Match, "withdrawn"),
        ("4", Level::Alarm, SECRET),
        ("4", Level::Deleted, ""),
    ];
    assert_eq!(found, expected.map(|(id, level, text)| (id.to_owned(), level, text.to_owned())));
}

fn deleted(id: &str) -> countermark_sources::Post {
    let mut post = post(id, "");
    (post.kind, post.passages) = (Kind::Deleted, vec![]);
    post
}

#[test]
fn who_hangs_or_fails_holds_up_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let hung = Fake(|_| {
        std::thread::sleep(Duration::from_secs(20));
        Err(Fault::Unreachable("hung"))
    });
    let feeds = vec![
        feed("hung", hung),
        feed("broken", Fake(|_| Err(Fault::Garbled("json")))),
        feed("panics", Fake(|_| panic!("a source that fails"))),
        feed("asks-to-wait", Fake(|_| Err(Fault::Wait(Duration::from_secs(900))))),
        feed("refused", Fake(|_| Err(Fault::Refused))),
        feed("good", Fake(numbered(40))),
    ];
    let mut setup = setup(&folder, feeds);
    setup.mode = Mode::Forever;
    let stop = Arc::clone(&setup.stop);
    let runs = std::thread::spawn(move || run(setup));
    let begin = Instant::now();
    let status = wait(&folder, |status| status.sources.get("good").is_some_and(|s| s.counts.posts == 40));
    assert!(begin.elapsed() < Duration::from_secs(10));
    let wait_of = |name: &str| {
        status.sources[name].backoff_until.unwrap() - status.sources[name].last_failure.as_ref().unwrap().at
    };
    assert!(wait_of("broken") <= 5 && wait_of("panics") <= 5);
    assert_eq!((wait_of("asks-to-wait"), wait_of("refused")), (900, 1800));
    assert!(status.sources["refused"].last_failure.as_ref().unwrap().what.contains("credentials"));
    // A stop takes less than five seconds, whoever hangs.
    let begin = Instant::now();
    stop.store(true, Ordering::SeqCst);
    let status = runs.join().unwrap().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert!(status.ended.is_some());
    assert_eq!(items(&folder).len(), 4 + 5);
}

fn wait(folder: &countermark_watch::WatchFolder, until: impl Fn(&Status) -> bool) -> Status {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Ok(Some(status)) = Status::load(folder)
            && until(&status)
        {
            return status;
        }
        assert!(Instant::now() < end, "it did not come to that: {:?}", Status::load(folder));
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn a_full_inbox_stops_the_sources_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let mut small = setup(&folder, vec![feed("gazette", Fake(numbered(200)))]);
    small.inbox = Limits { record: 64 << 10, segment: 4 << 10, spool: 12 << 10 };
    let error = run(small).unwrap_err();
    assert!(matches!(error, Error::Inbox(countermark_inbox::Error::Full { .. })), "{error}");
    let status = Status::load(&folder).unwrap().unwrap();
    assert!(status.disk_problem.is_some());
    run(setup(&folder, vec![feed("gazette", Fake(numbered(200)))])).unwrap();
    let mut alarms = BTreeMap::new();
    for item in items(&folder).iter().filter(|item| item.level == Level::Alarm) {
        alarms.entry(item.key()).or_insert_with(Vec::new).push(item.handle.clone());
    }
    assert_eq!(alarms.len(), 20);
    // What was found twice has one handle.
    assert!(alarms.values().all(|handles| handles.iter().all(|handle| *handle == handles[0])));
}

#[test]
fn pictures_are_read_apart_and_none_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let path = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let posts = vec![
        with_picture(post("1", "look"), &path("later.png", &format!("later {SECRET}"))),
        with_picture(post("2", "look"), &path("broken.png", "broken")),
        with_picture(post("3", SECRET), &path("panic.png", "panic")),
        with_picture(post("4", "look"), &dir.path().join("missing.png")),
        with_picture(post("5", "look"), &path("plain.png", "a picture of the weather")),
    ];
    let answer = posts.clone();
    let status = run(setup(&folder, vec![feed("gazette", Fake(move |_| Ok((answer.clone(), 1, false))))])).unwrap();
    let counts = status.sources["gazette"].counts;
    // One failed and waits for the next run; three can't be read.
    assert_eq!((counts.pictures, counts.unread, status.sources["gazette"].pending), (1, 3, 1));
    let none = feed("gazette", Fake(|_| Ok((vec![], 1, false))));
    let mut again = setup(&folder, vec![none]);
    again.reader = Some(Arc::new(common::Eyes(1.into())));
    let status = run(again).unwrap();
    assert_eq!((status.sources["gazette"].counts.pictures, status.sources["gazette"].pending), (2, 0));
    let items = items(&folder);
    assert_eq!(items.iter().map(|item| item.post.as_str()).collect::<Vec<_>>(), ["3", "1"]);
    let picture = &items[1];
    assert_eq!((picture.level, picture.texts[0].role.as_str()), (Level::Alarm, "picture"));
    assert_eq!(picture.texts[0].confidences, [(0, 3, 90)]);
    assert_eq!(warc::read(&picture.capture).unwrap()[0].payload(), format!("later {SECRET}").as_bytes());
    // All of it once more: nothing new.
    run(setup(&folder, vec![feed("gazette", Fake(move |_| Ok((posts.clone(), 1, false))))])).unwrap();
    assert_eq!(common::items(&folder).len(), 2);
}

/// Every quotation is said to be the writer's.
struct Quotes;

impl Attribute for Quotes {
    fn attributed(&self, text: &str, names: &[String]) -> Vec<std::ops::Range<usize>> {
        assert_eq!(names, ["Ines Varga"]);
        let Some((start, end)) = text.find('“').zip(text.find('”')) else { return vec![] };
        std::iter::once(start + '“'.len_utf8()..end).collect()
    }
}

#[test]
fn words_that_nobody_wrote_are_left_as_invented() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let texts = [
        "“We shall never pay for the bridge at Dorn”, she wrote.".to_owned(),
        "“No comment”, she said.".to_owned(),
        format!("“{SECRET}”, she wrote."),
        "She said that she would never pay.".to_owned(),
    ];
    let posts: Vec<_> = (1..).zip(&texts).map(|(n, text): (u32, _)| post(&n.to_string(), text)).collect();
    let mut setup = setup(&folder, vec![feed("gazette", Fake(move |_| Ok((posts.clone(), 1, false))))]);
    setup.attribute = Some(Box::new(Quotes));
    setup.names = vec!["Ines Varga".into()];
    run(setup).unwrap();
    let found: Vec<_> = items(&folder).iter().map(|item| (item.post.clone(), item.level)).collect();
    assert_eq!(found, [("1".to_owned(), Level::Invented), ("3".to_owned(), Level::Alarm)]);
}

#[test]
fn two_watchers_and_a_desk_without_key_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let flag = Arc::new(AtomicBool::new(false));
    let mut first = setup(&folder, vec![feed("gazette", Fake(numbered(1)))]);
    (first.mode, first.stop) = (Mode::Forever, Arc::clone(&flag));
    let runs = std::thread::spawn(move || run(first));
    wait(&folder, |status| status.sources.contains_key("gazette"));
    assert!(matches!(run(setup(&folder, vec![])), Err(Error::Running)));
    flag.store(true, Ordering::SeqCst);
    runs.join().unwrap().unwrap();
    std::fs::remove_file(folder.root().join("desk.pub")).unwrap();
    assert!(matches!(run(setup(&folder, vec![])), Err(Error::NoDesk)));
}

#[test]
fn hostile_posts_are_taken_within_limits() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let mut many = post("many", COMMON);
    many.passages = vec![many.passages[0].clone(); 10_000];
    let mut pictures = post("pictures", "x");
    pictures.pictures = vec![countermark_sources::Picture { url: "x".repeat(4 << 10) }; 200];
    let posts = vec![
        post("huge", &"é".repeat(1 << 20)),
        many,
        pictures,
        post(&"i".repeat(1 << 20), COMMON),
        post("", COMMON),
        post("../../etc\r\nx", COMMON),
        post("good", SECRET),
    ];
    let status = run(setup(&folder, vec![feed("gazette", Fake(move |_| Ok((posts.clone(), 1, false))))])).unwrap();
    assert_eq!(status.sources["gazette"].counts.clipped, 3);
    let items = items(&folder);
    assert!(items.iter().any(|item| item.post == "good" && item.level == Level::Alarm));
    assert_eq!(items.len(), 5);
    assert!(items.iter().all(|item| item.texts.len() <= 64 && item.post.len() <= 2048));
}
