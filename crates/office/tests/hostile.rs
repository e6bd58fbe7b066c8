//! Posts that were made to do harm, and quotations that are true in part: no item keeps the next one out, and nothing true is denied.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::path::PathBuf;
use std::sync::Barrier;

use common::desk::{Desk, hex};
use common::{NOW, open, request};
use countermark_inbox::{Inbox, Item, Level, Limits, Text};
use countermark_marking::Master;
use countermark_office::{Captured, PartState, Quotation, Standing, TakenIn};
use countermark_reading::Names;
use countermark_testkit::Fault;

const LETTER: &str = "Dear Ina,\n\nWe will not agree to any tariff on timber before the autumn session has ended. \
    {My|Our|The} government can bear two winters of shortage but not a third. I have the honour to inform you that the commission meets in March.";

const QUOTED: &str = "We will not agree to any tariff on timber before the autumn session has ended";

fn desk() -> (Desk, PathBuf) {
    let mut desk = Desk::new(0);
    let watch = desk.dir.path().join("watch");
    std::fs::create_dir(&watch).unwrap();
    desk.office.seal(&request(Master::parse(LETTER).unwrap(), 2)).unwrap();
    desk.office.join_watcher(&watch).unwrap();
    (desk, watch)
}

fn item(post: &str, level: Level) -> Item {
    let text = format!("Look at this, {post}: {QUOTED}!");
    let own = Text { role: "own".to_owned(), author: None, text, confidences: Vec::new(), shared: Vec::new() };
    Item {
        handle: format!("{:032x}", post.bytes().fold(7u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)))),
        source: "channel".to_owned(),
        post: post.to_owned(),
        url: None,
        author: None,
        published_at: None,
        captured_at: NOW / 1000 - 30,
        level,
        texts: vec![own],
        sha256: String::new(),
        capture: b"WARC/1.1".to_vec(),
    }
}

fn take(desk: &mut Desk, watch: &std::path::Path, items: &[Item]) -> TakenIn {
    let recipient = std::fs::read_to_string(watch.join("desk.pub")).unwrap();
    let limits = Limits { record: 62 << 20, ..Limits::default() };
    Inbox::open(&watch.join("inbox"), recipient.trim(), limits, [1; 16]).unwrap().append(items).unwrap();
    desk.office.take_in(&Standing { names: &Names::default(), reason: &|_| None }).unwrap()
}

#[test]
fn no_item_keeps_the_next_one_out() {
    let (mut desk, watch) = desk();
    let read = |confidences| {
        let mut item = item("confidences", Level::Alarm);
        let picture = Text { role: "picture".to_owned(), confidences, ..item.texts[0].clone() };
        item.texts.push(picture);
        item
    };
    let hostile = [
        Item { capture: vec![b'x'; 17 << 20], ..item("a large capture", Level::Alarm) },
        read(vec![(usize::MAX, usize::MAX, 255), (1, usize::MAX, 200), (5, 2, 3), (1 << 40, 1 << 41, 0)]),
        Item { captured_at: u64::MAX, published_at: Some(u64::MAX), ..item("times", Level::Alarm) },
        Item { handle: "x\r\nBcc: somebody@else.example".to_owned(), ..item("a handle", Level::Alarm) },
        Item { texts: vec![item("one of many", Level::Alarm).texts[0].clone(); 5_000], ..item("many", Level::Alarm) },
    ];
    for (number, item) in hostile.iter().enumerate() {
        let taken = take(&mut desk, &watch, std::slice::from_ref(item));
        assert_eq!(taken.alarms.len(), 1, "{number}");
        let alarm = &taken.alarms[0];
        assert_eq!(alarm.case.kind, "leak", "{number}");
        assert!(alarm.captured_at <= NOW / 1000, "{number}: from a time to come");
        assert!(alarm.handle.len() == 32 && alarm.handle.bytes().all(|b| b.is_ascii_hexdigit()), "{number}");
        let id = hex(&alarm.case.id);
        desk.office.case(&id).unwrap();
        desk.office.brief(&id).unwrap();
    }
    assert_eq!(take(&mut desk, &watch, &[item("the last", Level::Alarm)]).alarms.len(), 1);
}

#[test]
fn a_post_that_is_edited_without_end_stays_one_case() {
    let (mut desk, watch) = desk();
    for edit in 0..12 {
        let mut item = item("edited", Level::Alarm);
        item.texts[0].text.push_str(&format!(" {edit}").repeat(200_000));
        let taken = take(&mut desk, &watch, &[item]);
        assert_eq!((taken.alarms.len(), taken.later), if edit == 0 { (1, 0) } else { (0, 1) });
    }
    let case = hex(&desk.office.cases().unwrap()[0].id);
    let later = desk.office.case(&case).unwrap().later;
    assert_eq!(later.len(), 11, "every state is kept");
    let bytes: usize = later.iter().map(|later| later.published.as_ref().unwrap().len()).sum();
    assert!(bytes < 5 << 20, "of the texts beyond the limit the beginning: {bytes}");
    assert!(later[10].published.as_ref().unwrap().starts_with("Look at this"));
}

#[test]
fn desks_at_once_open_one_case_for_a_post() {
    let (mut desk, watch) = desk();
    take(&mut desk, &watch, &[item("before", Level::Alarm)]);
    let recipient = std::fs::read_to_string(watch.join("desk.pub")).unwrap();
    let items: Vec<Item> = (0..12).map(|n| item(&format!("post {n}"), Level::Alarm)).collect();
    Inbox::open(&watch.join("inbox"), recipient.trim(), Limits::default(), [1; 16]).unwrap().append(&items).unwrap();
    let barrier = Barrier::new(3);
    let (dir, store) = (desk.dir.path().to_owned(), desk.store.clone());
    let opened: usize = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..3u64)
            .map(|seed| {
                let (dir, store, watch, barrier) = (&dir, store.clone(), &watch, &barrier);
                scope.spawn(move || {
                    let mut office = open(&store, dir, &Fault::never(), 50 + seed).unwrap();
                    office.join_watcher(watch).unwrap();
                    barrier.wait();
                    office.take_in(&Standing { names: &Names::default(), reason: &|_| None }).unwrap().alarms.len()
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).sum()
    });
    assert_eq!((opened, desk.office.cases().unwrap().len()), (12, 13));
}

fn quoted(desk: &mut Desk, text: &str) -> (&'static str, Quotation) {
    let mut names = Names::new();
    names.add::<&str>("Arne Holm", []);
    let case = desk.office.open_case_on(&Captured::text(text.as_bytes(), text, NOW / 1000), &names, None).unwrap();
    let mut quotations = desk.office.case(&hex(&case.id)).unwrap().quotations;
    assert_eq!(quotations.len(), 1, "{text}");
    (case.kind, quotations.remove(0))
}

#[test]
fn a_true_quotation_is_not_called_invented() {
    let (mut desk, _) = desk();
    for true_one in [
        "Arne Holm wrote: “We will not agree to any tariff on timber before the autumn session has ended.”",
        "Arne Holm wrote: “We will not agree … before the autumn session has ended.”",
        "Arne Holm wrote: “We will not agree to any tariff [...] before the autumn session”.",
        "“We will not agree,” Arne Holm wrote, “to any tariff on timber before the autumn session has ended.”",
        "Arne Holm wrote: “We will not agree to any tariff.”",
        "Arne Holm wrote: “Our government can bear two winters of shortage but not a third.”",
    ] {
        let (kind, quotation) = quoted(&mut desk, true_one);
        assert_eq!((kind, quotation.ours, quotation.exact), ("leak", true, true), "{true_one}: {quotation:?}");
        assert_eq!(quotation.held, quotation.words, "{true_one}");
    }
}

#[test]
fn words_of_his_do_not_make_the_others_his() {
    let (mut desk, _) = desk();
    for (mixed, ours) in [
        ("Arne Holm wrote: “We will not agree to any tariff on timber until every last fisherman has been shot.”", 9),
        ("Arne Holm wrote: “I have the honour to inform you that the fleet will burn your harbour tonight.”", 9),
    ] {
        let (_, quotation) = quoted(&mut desk, mixed);
        assert!(quotation.ours && !quotation.exact, "{mixed}");
        assert_eq!(quotation.held, ours, "{mixed}");
        assert!(quotation.words > ours, "{mixed}");
    }
    // Every word is his, and the sense is another.
    let bent = "Arne Holm wrote: “We will agree to any tariff on timber before the autumn session has ended.”";
    assert!(!quoted(&mut desk, bent).1.exact);
    let (kind, quotation) = quoted(&mut desk, "Arne Holm wrote: “The fleet will burn your harbour tonight.”");
    assert_eq!((kind, quotation.ours, quotation.exact, quotation.held), ("invented", false, false, 0));
}

#[test]
fn a_part_of_which_words_are_out_is_not_left_out() {
    let (mut desk, _) = desk();
    let text = "It is said that we will not agree to any tariff on timber, and nothing more is known of it.";
    let case = desk.office.open_case(text.as_bytes(), text, NOW / 1000, None).unwrap();
    let parts = desk.office.brief(&hex(&case.id)).unwrap().parts;
    // Salutation and signature stand around the letter: without them nothing is left out.
    let [salutation, letter @ .., signature] = &parts[..] else { panic!("{parts:?}") };
    assert_eq!((salutation, signature), (&PartState::Around, &PartState::Around));
    assert_eq!(letter.iter().filter(|state| **state == PartState::Altered).count(), 1, "{parts:?}");
    assert_eq!(letter.iter().filter(|state| **state == PartState::LeftOut).count() + 1, letter.len(), "{parts:?}");
}
